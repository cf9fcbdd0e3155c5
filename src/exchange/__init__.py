"""Exchange debates hypotheses with language models and pools the verdicts into a score that a reader can check.

The front door: every name is loaded when it is first used, so that importing Exchange costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exchange.domain.event import ScoreEvent
    from exchange.domain.hypothesis import Hypothesis
    from exchange.domain.page import Page
    from exchange.domain.score import Score
    from exchange.errors import ExchangeError
    from exchange.pages.door import hypothesis, related, related_many
    from exchange.pages.hosts.jinja import JinjaExtension
    from exchange.pages.hosts.markdown import exchange_plugin, fill
    from exchange.pages.related import FoundHypothesis, Related, RelatedHypothesis

__all__ = [
    "ExchangeError",
    "FoundHypothesis",
    "Hypothesis",
    "JinjaExtension",
    "Page",
    "Related",
    "RelatedHypothesis",
    "Score",
    "ScoreEvent",
    "exchange_plugin",
    "fill",
    "hypothesis",
    "related",
    "related_many",
]

_ROOMS = {
    "ExchangeError": "exchange.errors",
    "FoundHypothesis": "exchange.pages.related",
    "Hypothesis": "exchange.domain.hypothesis",
    "JinjaExtension": "exchange.pages.hosts.jinja",
    "Page": "exchange.domain.page",
    "Related": "exchange.pages.related",
    "RelatedHypothesis": "exchange.pages.related",
    "Score": "exchange.domain.score",
    "ScoreEvent": "exchange.domain.event",
    "exchange_plugin": "exchange.pages.hosts.markdown",
    "fill": "exchange.pages.hosts.markdown",
    "hypothesis": "exchange.pages.door",
    "related": "exchange.pages.door",
    "related_many": "exchange.pages.door",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("exchange-debate")
    if name not in _ROOMS:
        raise AttributeError(f"module 'exchange' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

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
    from exchange.pages.related import Related, RelatedHypothesis, related

__all__ = [
    "ExchangeError",
    "Hypothesis",
    "Page",
    "Related",
    "RelatedHypothesis",
    "Score",
    "ScoreEvent",
    "related",
]

_ROOMS = {
    "ExchangeError": "exchange.errors",
    "Hypothesis": "exchange.domain.hypothesis",
    "Page": "exchange.domain.page",
    "Related": "exchange.pages.related",
    "RelatedHypothesis": "exchange.pages.related",
    "Score": "exchange.domain.score",
    "ScoreEvent": "exchange.domain.event",
    "related": "exchange.pages.related",
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

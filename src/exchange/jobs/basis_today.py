"""What a score would rest on today, and which parts of that differ: derived whenever it is asked for, never stored."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from pydantic import Field

from exchange.config import format_named, rubric_named
from exchange.debate.questions import load_prompts, used
from exchange.domain.current import Told
from exchange.domain.event import Basis
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.neutral import neutral
from exchange.domain.noun import Noun
from exchange.domain.policy import COLD
from exchange.domain.setup import Setup
from exchange.errors import ExchangeError
from exchange.evidence import brief
from exchange.jobs.setup import brief_of
from exchange.pages.basis import out_of_date
from exchange.scoring.basis import basis
from exchange.store import policies
from exchange.store.engine import Store

_Part = TypeVar("_Part")


class Differing(Noun):
    """The parts of a basis that differ today, in its order; of those that cannot be had today, `lacking` says why."""

    parts: tuple[str, ...] = ()
    lacking: dict[str, str] = Field(default_factory=dict)


class Today:
    """What scores of a store would rest on today. Prompts, formats and rubrics are read once; no model is asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._policy = policies.digest_in_force(store) or COLD.digest
        self._prompts = cache(lambda: used(load_prompts()))
        self._format, self._rubric = cache(format_named), cache(rubric_named)

    def differing(self, hypothesis: Hypothesis, event: Told | None, setup: Setup | None) -> Differing:
        """Compares what the score of that event rests on; `setup` is that of its debate.

        Format and rubric are those that go by the debate's names, or lie in its files, today; models are those of the
        debate. A debate that was held elsewhere rests on nothing here but claim, entities and policy.
        """
        if event is None or event.basis is None or setup is None or setup.origin:
            return Differing(parts=out_of_date(hypothesis, event, self._policy))
        today, lacking = self._today(hypothesis, setup)
        parts = {*event.basis.differing(today), *lacking}
        return Differing(parts=tuple(part for part in Basis.model_fields if part in parts), lacking=lacking)

    def _today(self, hypothesis: Hypothesis, setup: Setup) -> tuple[Basis, dict[str, str]]:
        """Today's basis, and why parts of it cannot be had: those are of no meaning in it."""
        lacking: dict[str, str] = {}

        def had(part: str, made: Callable[[], _Part], otherwise: _Part) -> _Part:
            try:
                return made()
            except ExchangeError as error:
                lacking[part] = str(error)
                return otherwise

        format = had("models", lambda: self._format(setup.format_file or setup.format.name), setup.format)
        without_passages = brief.make(hypothesis, (), format.brief, neutral)
        rebuilt = dict(
            format=format,
            rubric=had("rubric", lambda: self._rubric(setup.rubric_file or setup.rubric.name), setup.rubric),
            brief=had("evidence", lambda: brief_of(self._store, hypothesis, format.brief), without_passages),
            prompts=had("prompts", self._prompts, setup.prompts),
        )
        found = basis(setup.model_copy(update=rebuilt), COLD)
        return found.model_copy(update={"policy": self._policy}), lacking

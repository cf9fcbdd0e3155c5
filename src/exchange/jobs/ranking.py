"""Where hypotheses stand among each other: among all, and among those that share a target."""

from functools import cached_property

from pydantic import Field

from exchange.domain.hypothesis import Hypothesis
from exchange.domain.noun import Noun
from exchange.pages.ranks import Place, places
from exchange.store import hypotheses, scores
from exchange.store.engine import Store


class Ranks(Noun):
    """A hypothesis's places by its value; None and empty where it has none.

    Ranked are hypotheses whose current score is a number that a full debate gave here: demonstrations, imported scores
    and withdrawn hypotheses are not.
    """

    overall: Place | None = None
    by_target: dict[str, Place] = Field(default_factory=dict)


class Ranking:
    """The places of all hypotheses of a store, as it is when it is first asked for one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_target: dict[str, dict[str, Place]] = {}

    def of(self, hypothesis: Hypothesis) -> Ranks:
        """The hypothesis's places. Targets whose names differ in case alone are the same."""
        if hypothesis.id not in self._values:
            return Ranks()
        sharing = {target: self._among(target.casefold()) for target in hypothesis.targets}
        return Ranks(
            overall=self._overall[hypothesis.id],
            by_target={target: found[hypothesis.id] for target, found in sharing.items() if hypothesis.id in found},
        )

    def overall(self, hypothesis: str) -> Place | None:
        """Its place among all."""
        return self._overall.get(hypothesis)

    def _among(self, target: str) -> dict[str, Place]:
        if target not in self._by_target:
            ranked = {name: self._values[name] for name in self._sharing.get(target, ())}
            self._by_target[target] = places(ranked)
        return self._by_target[target]

    @cached_property
    def _values(self) -> dict[str, float]:
        return scores.ranked_values(self._store)

    @cached_property
    def _overall(self) -> dict[str, Place]:
        return places(self._values)

    @cached_property
    def _sharing(self) -> dict[str, set[str]]:
        """Each target's name, casefolded, and the ranked hypotheses that have it."""
        with self._store.reading() as transaction:
            rows = hypotheses.targets(transaction)
        found: dict[str, set[str]] = {}
        for hypothesis, name, _ in rows:
            if hypothesis in self._values:
                found.setdefault(name.casefold(), set()).add(hypothesis)
        return found

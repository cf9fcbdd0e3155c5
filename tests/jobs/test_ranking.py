"""A hypothesis's places among all, and among those that share a target."""

from exchange.domain.hypothesis import Hypothesis
from exchange.jobs.ranking import Ranking, Ranks
from exchange.store.engine import Store
from tests import events


def hypothesis(number: int, *targets: str) -> Hypothesis:
    return Hypothesis(id=f"h-{number:08x}", title=f"Claim {number}", targets=targets)


PLIN2, BOTH, ALOX15, NONE = (
    hypothesis(1, "PLIN2"),
    hypothesis(2, "plin2", "ALOX15"),
    hypothesis(3, "ALOX15"),
    hypothesis(4),
)


def ranked(store: Store, *values: float) -> Ranking:
    """The four, with these values as far as they go."""
    known = (PLIN2, BOTH, ALOX15, NONE)
    events.save(store, *known)
    events.append(store, *(events.scored(value, each.id) for each, value in zip(known, values, strict=False)))
    return Ranking(store)


def places(ranks: Ranks) -> dict[str, tuple[int, int]]:
    return {target: (place.rank, place.of) for target, place in ranks.by_target.items()}


def test_all_that_have_a_number_are_ranked_together(store: Store) -> None:
    ranking = ranked(store, 0.9, 0.5, 0.7)
    found = [ranking.of(each).overall for each in (PLIN2, BOTH, ALOX15)]

    assert [(place.rank, place.of, place.percentile) for place in found if place] == [
        (1, 3, 100),
        (3, 3, 0),
        (2, 3, 50),
    ]


def test_those_that_share_a_target_are_ranked_among_themselves(store: Store) -> None:
    assert places(ranked(store, 0.9, 0.5, 0.3).of(BOTH)) == {"plin2": (2, 2), "ALOX15": (1, 2)}


def test_a_target_that_no_other_has_gives_a_rank_without_a_percentile(store: Store) -> None:
    found = ranked(store, 0.9).of(PLIN2)

    assert [(place.rank, place.percentile) for place in found.by_target.values()] == [(1, None)]


def test_a_hypothesis_without_targets_is_ranked_among_all_alone(store: Store) -> None:
    found = ranked(store, 0.9, 0.5, 0.3, 0.4).of(NONE)

    assert (found.overall and found.overall.rank, found.by_target) == (3, {})


def test_a_hypothesis_without_a_number_has_no_place(store: Store) -> None:
    assert ranked(store, 0.9).of(ALOX15) == Ranks()


def test_a_demonstration_has_no_place_and_takes_none(store: Store) -> None:
    ranking = ranked(store, 0.5)
    events.append(store, events.scored(0.9, BOTH.id, demonstration=True))

    assert (ranking.of(BOTH), places(ranking.of(PLIN2))) == (Ranks(), {"PLIN2": (1, 1)})

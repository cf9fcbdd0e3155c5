"""In which order hypotheses are listed, and which of them."""

from typing import Any

import pytest

from exchange.config import bands
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.score import State
from exchange.jobs.orders import Shown, Sort, ordered, picked
from exchange.jobs.ranking import Ranks
from exchange.jobs.standings import Row
from exchange.pages.ranks import Place
from exchange.pages.related import best_first, shown
from exchange.pages.words import NOT_DEBATED
from tests import events


def row(title: str, value: float | None = None, rank: int | None = None, **changed: Any) -> Row:
    """A line of that title, and no more than what is given."""
    about = Hypothesis(id=f"h-{ord(title[0]):08x}", title=title)
    event = None if value is None else events.scored(value, about.id)
    known: dict[str, Any] = dict(composite=None, shift=None, spread=None, withdrawn=False, unfinished=None)
    place = Ranks(overall=Place(rank=rank, of=9, percentile=50)) if rank else Ranks()
    item = Row(**dict(shown(about, event, (), None, "", bands())), **known, ranks=place)
    return item.model_copy(update=changed)


def titles(*rows: Row, by: Sort = Sort.SCORE, reverse: bool = False) -> str:
    return "".join(each.title for each in ordered(rows, by, reverse))


MIXED = (
    row("d", 0.9, demonstration=True),
    row("n"),
    row("w", 0.95, withdrawn=True),
    row("a", 0.3),
    row("b", 0.7),
)


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        (Sort.SCORE, (row("b", 0.5), row("a", 0.9))),
        (Sort.LOW, (row("b", 0.9, low=0.1), row("a", 0.5, low=0.4))),
        (Sort.COMPOSITE, (row("b", composite=0.2), row("a", composite=0.4))),
        (Sort.SHIFT, (row("b", shift=-0.5), row("a", shift=0.1))),
        (Sort.SPREAD, (row("b", spread=0.5), row("a", spread=1.5))),
        (Sort.RANK, (row("b", rank=3), row("a", rank=2))),
        (Sort.NAME, (row("b"), row("A"))),
        (Sort.DATE, (row("b", 0.5, at="2026-01-01"), row("a", 0.5, at="2026-02-01"))),
    ],
    ids=[*Sort],
)
def test_the_most_stands_first_and_last_where_it_is_reversed(by: Sort, rows: tuple[Row, Row]) -> None:
    assert (titles(*rows, by=by).lower(), titles(*rows, by=by, reverse=True).lower()) == ("ab", "ba")


def test_demonstrations_then_those_without_a_number_then_withdrawn_ones_stand_last() -> None:
    assert titles(*MIXED) == "badnw"


def test_those_that_stand_last_stand_last_in_reverse_too() -> None:
    assert titles(*MIXED, reverse=True) == "abdnw"


def test_a_list_by_score_is_in_the_order_of_pages() -> None:
    kept = [each for each in MIXED if not each.withdrawn]

    assert ordered(kept) == sorted(kept, key=best_first)


@pytest.mark.parametrize("by", Sort)
@pytest.mark.parametrize("reverse", [False, True])
def test_equal_ones_are_in_the_order_of_their_titles(by: Sort, reverse: bool) -> None:
    same = [row(title, 0.5, rank=1, shift=0.1, spread=1.0, composite=0.5) for title in "ba"]
    equal = [each.model_copy(update={"title": each.title if by is not Sort.NAME else "a"}) for each in same]
    ids = [each.id for each in ordered(equal, by, reverse)]

    assert ids == sorted(ids)


@pytest.mark.parametrize("by", [Sort.NAME, Sort.DATE])
def test_a_demonstration_stands_among_the_others_where_no_number_counts(by: Sort) -> None:
    rows = (row("b", 0.5, at="2026-01-01"), row("a", 0.5, at="2026-02-01", demonstration=True))

    assert titles(*rows, by=by) == "ab"


def test_those_in_a_state_are_picked() -> None:
    assert [each.title for each in picked(MIXED, state=Shown.NOT_DEBATED)] == ["n"]


def test_so_many_are_picked_of_those_that_fit() -> None:
    rows = [row(title, 0.5 if title in "bcd" else None) for title in "abcd"]

    assert [each.title for each in picked(rows, Shown.SCORED, limit=2)] == ["b", "c"]


def test_every_state_of_a_score_can_be_asked_for() -> None:
    assert {*Shown} == {*State, NOT_DEBATED}

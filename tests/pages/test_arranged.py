from exchange.config import bands
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.relation import Reason, Relation
from exchange.pages.arranged import Item, arranged
from exchange.pages.related import best_first, shown
from tests import events


def item(name: str, value: float, stance: str | None = None, kin: str | None = None, why: str = "linked") -> Item:
    about = Hypothesis(id=name, title=name, targets=("PLIN2",))
    relation = Relation(name, 0.8, (Reason(why, ("PLIN2",)),))
    return Item(shown(about, events.scored(value, name), (), relation, "", bands()), stance, kin)


def order(*items: Item) -> list[str]:
    return [each.id for each in arranged(items, best_first)]


def test_the_best_stand_first() -> None:
    assert order(item("h-1", 0.2), item("h-2", 0.9)) == ["h-2", "h-1"]


def test_an_opposite_follows_what_it_opposes() -> None:
    assert order(item("h-1", 0.9, "+a"), item("h-2", 0.8), item("h-3", 0.1, "-a")) == ["h-1", "h-3", "h-2"]


def test_those_about_other_targets_oppose_nothing() -> None:
    found = arranged([item("h-1", 0.9, "+a"), item("h-2", 0.8, "-b")], best_first)

    assert [each.opposes for each in found] == [None, None]


def test_kin_are_folded_into_the_best() -> None:
    found = arranged([item("h-1", 0.2, kin="h-1"), item("h-2", 0.9, kin="h-1")], best_first)

    assert [(each.id, [like.id for like in each.like]) for each in found] == [("h-2", ["h-1"])]


def test_what_a_curator_put_there_is_shown_and_what_is_folded_into_it_lends_no_reason() -> None:
    found = arranged([item("h-1", 0.9, kin="h-1"), item("h-2", 0.2, kin="h-1", why="chosen")], best_first)

    assert [(each.id, each.curated, len(each.reasons)) for each in found] == [("h-2", True, 1)]


def test_what_nobody_put_there_is_not_curated_for_what_is_folded_into_it() -> None:
    found = arranged([item("h-1", 0.9, kin="h-1"), item("h-2", 0.2, kin="h-1")], best_first)

    assert not found[0].curated

from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.relation import FLOOR, Reason, from_json, to_json
from exchange.relating.weights import Ground, relation

WEIGHTS = st.floats(0.01, 1)
GROUNDS = st.lists(
    st.builds(Ground, WEIGHTS, st.builds(Reason, st.sampled_from(["linked", "two steps", "words"]))), max_size=8
)


@given(GROUNDS)
def test_relevance_is_a_fraction_and_no_less_than_any_strong_ground(grounds: list[Ground]) -> None:
    found = relation("h", grounds).relevance

    assert 0 <= found <= 1
    assert all(found >= round(each.weight, 6) - 1e-6 for each in grounds if each.weight >= FLOOR)


@given(GROUNDS, st.randoms())
def test_the_order_of_grounds_changes_nothing(grounds: list[Ground], random: st.DataObject) -> None:
    shuffled = sorted(grounds, key=lambda _: random.random())  # type: ignore[attr-defined] # a random.Random

    assert relation("h", grounds) == relation("h", shuffled)


@given(st.lists(st.builds(Ground, st.floats(0.01, 0.25), st.just(Reason("two steps"))), max_size=40))
def test_many_weak_grounds_never_reach_the_floor(grounds: list[Ground]) -> None:
    assert relation("h", grounds).relevance < FLOOR


def test_shared_words_lift_a_weak_ground_over_the_floor_and_no_more_than_that() -> None:
    weak, words = Ground(0.25, Reason("two steps")), Ground(0.25, Reason("words", ("lipid",)))

    assert relation("h", [weak, words]).relevance == FLOOR
    assert relation("h", [words]).relevance < FLOOR


def test_each_reason_is_told_once_and_the_weightiest_first() -> None:
    twice = [
        Ground(0.5, Reason("linked", ("A",))),
        Ground(0.9, Reason("subject", ("A",))),
        Ground(0.5, Reason("linked", ("A",))),
    ]

    assert [each.why for each in relation("h", twice).reasons] == ["subject", "linked"]


@given(st.lists(st.builds(Reason, st.text(), st.lists(st.text()).map(tuple))))
def test_reasons_are_read_as_they_were_written(reasons: list[Reason]) -> None:
    assert from_json(to_json(reasons)) == tuple(reasons)

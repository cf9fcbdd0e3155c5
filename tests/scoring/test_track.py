import numpy as np
import pytest

from exchange.scoring.track import Track, track

ROWS = [("two", "b", 0.4), ("one", "a", 0.9), ("two", "a", 0.1), ("one", "a", 0.7)]
TRUTH = {"two": 0.0, "one": 1.0}


def made(rows: list[tuple[str, str, float]] = ROWS, truth: dict[str, float] = TRUTH) -> Track:
    return track(rows, truth)


def test_items_and_raters_come_in_the_order_of_their_names() -> None:
    assert (made().items, made().raters, made().truth.tolist()) == (("one", "two"), ("a", "b"), [1.0, 0.0])


def test_the_order_of_the_rows_changes_nothing() -> None:
    assert made().panels() == made(ROWS[::-1]).panels()


def test_a_rater_who_rated_an_item_twice_counts_as_one_with_the_mean() -> None:
    assert made().panels() == [{"a": pytest.approx(0.8)}, {"a": 0.1, "b": 0.4}]


def test_the_plain_mean_is_over_raters() -> None:
    assert made().means() == pytest.approx([0.8, 0.25])


def test_an_item_without_rows_is_kept() -> None:
    kept = made(truth=TRUTH | {"none": 1.0})

    assert (kept.items, kept.counts().tolist(), kept.panels()[0]) == (("none", "one", "two"), [0, 1, 2], {})


def test_no_rows_at_all_are_a_track_of_nothing() -> None:
    nothing = made([], {})

    assert (nothing.items, nothing.raters, nothing.panels()) == ((), (), [])


def test_a_part_has_the_chosen_items_with_their_rows_and_their_truth() -> None:
    part = made().of(np.array([False, True]))

    assert (part.items, part.panels(), part.truth.tolist()) == (("two",), [{"a": 0.1, "b": 0.4}], [0.0])


def test_in_a_part_raters_keep_their_places() -> None:
    part = made([("one", "b", 0.5), ("two", "a", 0.5)]).of(np.array([True, False]))

    assert (part.raters, part.panels()) == (("a", "b"), [{"b": 0.5}])

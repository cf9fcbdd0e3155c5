"""What blind ratings teach of a criterion."""

from math import fsum

import pytest

from exchange.config import rubric_named
from exchange.domain.verdict import Order, When
from exchange.scoring.agreement import alpha
from exchange.scoring.ballots import Ballot
from exchange.scoring.criteria import learned, units

RUBRIC = rubric_named("mechanism")
LOW, MIDDLE, HIGH = (list(RUBRIC.scale)[at] for at in (0, 1, -1))
NAME = RUBRIC.criteria[0].name


def ballot(model: str, rating: str, seat: str | None = None) -> Ballot:
    said = {each.name: rating for each in RUBRIC.criteria}
    return Ballot(seat or model, model, When.PRIOR.value, Order.BLIND.value, 50, said)


def test_each_panel_with_several_models_is_a_unit() -> None:
    panels = [[ballot("a", LOW), ballot("b", HIGH)], [ballot("a", HIGH)], [], [ballot("a", LOW), ballot("b", LOW)]]

    assert units(panels, RUBRIC)[NAME] == [[0.0, 1.0], [0.0, 0.0]]


def test_samples_of_one_model_are_one_opinion() -> None:
    panel = [ballot("a", LOW, "1"), ballot("a", HIGH, "2"), ballot("b", HIGH, "3")]

    assert units([panel], RUBRIC)[NAME] == [[0.5, 1.0]]


def test_no_panels_give_no_units() -> None:
    assert units([], RUBRIC)[NAME] == []


def test_a_judge_who_left_a_criterion_out_has_no_opinion_on_it() -> None:
    silent = Ballot("c", "c", When.PRIOR.value, Order.BLIND.value, 50, {})

    assert units([[ballot("a", LOW), ballot("b", HIGH), silent]], RUBRIC)[NAME] == [[0.0, 1.0]]


def test_the_agreement_that_is_learned_is_krippendorffs_alpha() -> None:
    rated = [[0.0, 0.25], [1.0, 0.75], [0.5, 0.5, 0.25]]
    _, agreement = learned({"x": rated})

    assert agreement == {"x": pytest.approx(alpha(rated), abs=1e-9)}


def test_the_agreements_within_panels_have_alpha_as_their_mean() -> None:
    rated = [[0.0, 0.25], [1.0, 0.75], [0.5, 0.5, 0.25]]
    expected, agreement = learned({"x": rated})
    within = [1 - 2 * fsum((v - sum(u) / len(u)) ** 2 for v in u) / (len(u) - 1) / expected["x"] for u in rated]
    mean = fsum(len(u) * each for u, each in zip(rated, within, strict=True)) / 7

    assert agreement["x"] == pytest.approx(mean, abs=1e-8)


@pytest.mark.parametrize("rated", [[], [[0.0, 1.0]], [[0.5, 0.5], [0.5, 0.5]]])
def test_too_little_teaches_nothing(rated: list[list[float]]) -> None:
    assert learned({"x": rated}) == ({}, {})

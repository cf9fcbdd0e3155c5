from collections.abc import Sequence

import pytest

from exchange.domain.verdict import When
from exchange.scoring.ballots import Ballot
from exchange.scoring.judges import Judge, finals, judges, priors, report, undebated
from exchange.scoring.policy import COLD
from tests.scoring.drawn import FINALS, TAUGHT, ballot

CRITIC_FIRST, PROPOSER_FIRST = FINALS


def sat(
    seat: str = "judge-1",
    model: str = "m:a",
    prior: int | None = 50,
    final: tuple[int | None, int | None] = (70, 70),
    baseline: Sequence[int | None] = (),
) -> list[Ballot]:
    """A judge's ballots: the prior, the final ones critic first and proposer first, and those without a debate."""
    return [
        ballot(seat, model, When.PRIOR, "blind", prior),
        *(ballot(seat, model, When.FINAL, order, said) for order, said in zip(FINALS, final, strict=True)),
        *(ballot(seat, model, When.BASELINE, "blind", said) for said in baseline),
    ]


def one(ballots: Sequence[Ballot], orders: Sequence[str] = FINALS) -> Judge:
    (judge,) = judges(ballots, orders)
    return judge


def flipped(*final: int) -> bool:
    first, second = final
    return bool(report(one(sat(final=(first, second))), COLD)["flipped"])


def test_judges_come_by_seat() -> None:
    ballots = [*sat("judge-2"), *sat("judge-1")]

    assert [judge.seat for judge in judges(ballots, FINALS)] == ["judge-1", "judge-2"]


def test_nobody_has_no_judges() -> None:
    assert judges([], FINALS) == ()


def test_a_credence_is_read_as_a_probability() -> None:
    assert one(sat(prior=35)).prior == 0.35


def test_a_judges_final_is_the_mean_of_both_orders() -> None:
    assert one(sat(final=(40, 70))).final == pytest.approx(0.55, abs=1e-15)


def test_both_orders_are_kept_apart_beside_their_mean() -> None:
    assert one(sat(final=(40, 70))).by_order == {CRITIC_FIRST: 0.4, PROPOSER_FIRST: 0.7}


@pytest.mark.parametrize("final", [(None, 70), (70, None), (None, None)])
def test_a_judge_without_a_verdict_in_every_order_has_no_final(final: tuple[int | None, int | None]) -> None:
    assert one(sat(final=final)).final is None


def test_a_format_of_one_order_asks_for_that_one_only() -> None:
    assert one(sat(final=(None, 70)), [PROPOSER_FIRST]).final == 0.7


def test_an_interim_sitting_is_no_final_one() -> None:
    polled = [ballot(when=When.INTERIM, order=order, credence=90) for order in FINALS]

    assert (one(polled).final, one(polled).by_order) == (None, {})


def test_a_prior_that_could_not_be_read_is_none() -> None:
    assert one(sat(prior=None)).prior is None


def test_verdicts_without_a_debate_are_the_prior_and_the_baselines() -> None:
    assert one(sat(prior=50, baseline=(90, 10))).blind == (0.5, 0.1, 0.9)


@pytest.mark.parametrize(("final", "expected"), [((40, 60), True), ((60, 40), True), ((51, 99), False)])
def test_a_verdict_that_changes_sides_with_the_order_has_flipped(final: tuple[int, int], expected: bool) -> None:
    assert flipped(*final) is expected


@pytest.mark.parametrize("final", [(50, 60), (40, 50), (50, 50)])
def test_even_odds_are_on_no_side(final: tuple[int, int]) -> None:
    assert flipped(*final) is False


def test_the_shift_is_the_final_minus_the_prior() -> None:
    assert report(one(sat(prior=55, final=(40, 45))), COLD)["shift"] == -0.125


@pytest.mark.parametrize("ballots", [sat(prior=None), sat(final=(None, 70))], ids=["no prior", "no final"])
def test_without_both_there_is_no_shift(ballots: list[Ballot]) -> None:
    assert report(one(ballots), COLD)["shift"] is None


@pytest.mark.parametrize(("model", "weight"), [("m:a", 3.7), ("m:z", 1.0)])
def test_a_judge_is_reported_with_the_policys_weight_for_its_model(model: str, weight: float) -> None:
    assert report(one(sat(model=model)), TAUGHT)["weight"] == weight


def test_the_reported_final_has_at_most_nine_decimals() -> None:
    third = Judge(seat="judge-1", model="m:a", prior=0.5, blind=(), by_order={}, final=1 / 3)

    assert (report(third, COLD)["final"], report(third, COLD)["shift"]) == (0.333333333, -0.166666667)


def test_seats_of_one_model_are_one_judge_with_their_mean() -> None:
    panel = judges(
        [
            *sat("judge-1", "m:a", 20, (60, 60)),
            *sat("judge-2", "m:a", 40, (80, 80)),
            *sat("judge-3", "m:b", 60, (10, 10)),
        ],
        FINALS,
    )

    assert (finals(panel), priors(panel)) == ({"m:a": 0.7, "m:b": 0.1}, {"m:a": pytest.approx(0.3), "m:b": 0.6})


def test_who_gave_no_verdict_is_not_pooled() -> None:
    panel = judges([*sat("judge-1", "m:a", None), *sat("judge-2", "m:b", 60, (None, 10))], FINALS)

    assert (finals(panel), priors(panel)) == ({"m:a": 0.7}, {"m:b": 0.6})


def test_without_a_debate_a_model_is_worth_the_mean_of_all_its_verdicts() -> None:
    panel = judges(sat(prior=50, baseline=(60, 70)), FINALS)

    assert undebated(panel) == {"m:a": pytest.approx(0.6)}

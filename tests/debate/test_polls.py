"""Debates that judges may end, and panels that sit without a debate."""

from typing import Any

from exchange.debate.context import Context, Held
from exchange.debate.fence import Fences
from exchange.debate.graph import hold
from exchange.debate.questions import Questions, load_prompts
from exchange.domain.calls import Question
from exchange.domain.debate import Check, Turn
from exchange.domain.format import Stop
from exchange.domain.setup import Setup
from exchange.domain.verdict import When
from exchange.errors import TransientError
from tests.builders import judged, setup, spoken
from tests.debate.test_graph import ScriptedAsk, held, silence


def made(rounds: int = 3, baseline: bool = False, judges: int = 3, **stop: Any) -> Setup:
    panel = setup("panel", judges=judges)
    format = panel.format.model_copy(update={"rounds": rounds, "stop": Stop(**stop)})
    return panel.model_copy(update={"format": format, "baseline": baseline})


def asking(**replies: Any) -> ScriptedAsk:
    return ScriptedAsk(rubric="therapeutic", replies=replies)


def stages(ask: ScriptedAsk) -> list[str]:
    """What was asked, several of the same after one another as one."""
    named = [place.split("/")[1] if place.startswith("judge") else place for place in ask.places]
    return [each for at, each in enumerate(named) if not at or named[at - 1] != each]


def credence(value: int) -> dict[str, Any]:
    return judged(value, rubric="therapeutic")


async def test_a_rebuttal_that_says_nothing_new_is_the_last() -> None:
    ask = asking(**{"*/[123]": spoken(text="As before.")})

    ended = await held(ask, made(nothing_new=True))

    assert (
        len(ended.turns),
        ended.stop_reason,
        sum("/final/" in place for place in ask.places),
    ) == (3, "nothing new said", 6)


async def test_judges_are_asked_after_each_turn_from_the_critique_on_but_the_last() -> None:
    ask = asking()

    await held(ask, made(rounds=2, poll=True))

    assert stages(ask) == [
        *("prior", "proposer/1", "critic/2", "interim-2", "proposer/3", "interim-3", "critic/4", "final"),
    ]


async def test_a_poll_is_one_sitting_of_each_judge() -> None:
    ask = asking()

    await held(ask, made(rounds=1, poll=True))

    assert [f"judge-{number}/interim-2/proposer-first" for number in (1, 2, 3)] == [
        place for place in ask.places if "interim" in place
    ]


async def test_judges_who_are_moved_no_more_end_the_debate() -> None:
    ask = asking(**{"judge-*/interim-2/*": credence(70), "judge-*/interim-3/*": credence(71)})

    ended = await held(ask, made(rounds=6, poll=True, stable=0.03))

    assert (len(ended.turns), ended.stop_reason) == (3, "verdict stable")


async def test_judges_who_keep_to_opposite_sides_end_the_debate() -> None:
    ask = asking(**{"judge-1/*": credence(15)})

    ended = await held(ask, made(rounds=6, poll=True, settled=0.05))

    assert (len(ended.turns), ended.stop_reason) == (2, "stable disagreement")


async def test_interim_verdicts_are_among_the_others_in_the_order_of_sitting() -> None:
    ended = await held(asking(), made(rounds=1, poll=True))
    sat = [(each.sitting.when, each.sitting.number) for each in ended.verdicts]

    assert sat == [(When.PRIOR, 0)] * 3 + [(When.INTERIM, 2)] * 3 + [(When.FINAL, 0)] * 6


async def test_a_judge_who_is_out_of_reach_between_two_turns_leaves_the_others() -> None:
    ask = asking(**{"judge-2/interim-2/*": TransientError("busy")})

    ended = await held(ask, made(rounds=1, poll=True))

    assert (len(ended.turns), [each.place for each in ended.lost]) == (3, ["judge-2/interim-2/proposer-first"])


async def test_too_many_who_are_out_of_reach_between_two_turns_stop_the_debate() -> None:
    ask = asking(**{"judge-[12]/interim-2/*": TransientError("busy")})

    ended = await held(ask, made(rounds=1, poll=True))

    assert (len(ended.turns), ended.stop_reason) == (2, "")


async def test_a_debate_that_was_taken_up_is_not_ended_before_what_it_had_said() -> None:
    """Judge 3 was out of reach in the first poll, and the debate went on: what it says now comes too late."""
    shape = made(rounds=6, poll=True, stable=0.03)
    replies = {
        "judge-3/interim-2/*": credence(60),
        "judge-[12]/interim-2/*": credence(64),
        "judge-*/prior/*": credence(60),
    }
    first = await held(asking(**replies | {"judge-3/interim-2/*": TransientError("busy")}), shape)

    again = await _taken_up(asking(**replies), shape, first.turns)

    assert len(again.turns) >= len(first.turns) > 2


async def _taken_up(ask: ScriptedAsk, shape: Setup, spoken_before: tuple[Turn, ...]) -> Held:
    questions = Questions("d-000000000001", shape, load_prompts(), Fences(b"secret", "d-000000000001"))
    # What is asked now has a higher number than anything that was answered then.
    early = tuple(turn.model_copy(update={"call": 0}) for turn in spoken_before)
    return await hold(
        Context(
            setup=shape,
            questions=questions,
            ask=ask,
            check=lambda *_: Check.VERIFIED,
            tell=silence,
            spoken=early,
        )
    )


async def test_a_baseline_is_one_more_blind_sitting_of_each_judge_beside_its_prior() -> None:
    ask = asking()

    await held(ask, made(rounds=0, baseline=True))

    assert [f"judge-{number}/{when}/blind" for when in ("prior", "baseline-1") for number in (1, 2, 3)] == [
        place for place in ask.places if place.endswith("blind")
    ]


async def test_a_baseline_is_asked_what_a_prior_is_asked() -> None:
    ask = asking()

    await held(ask, made(rounds=0, baseline=True, judges=2))
    blind: list[Question] = [each for each in ask.asked if each.place.endswith("blind")]

    assert (len(blind), len({each.messages for each in blind})) == (4, 1)


async def test_a_baseline_that_is_lost_leaves_the_quorum_alone() -> None:
    ask = asking(**{"judge-[12]/baseline-1/*": TransientError("busy")})

    ended = await held(ask, made(rounds=0, baseline=True))

    assert ended.stop_reason == "rounds spent"

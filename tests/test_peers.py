"""Where other tools of debate break, and what Exchange does there; docs/peers.md tells which tools."""

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.domain.event import ScoreEvent
from exchange.domain.score import State
from exchange.errors import TransientError
from exchange.jobs.setup import Wishes
from exchange.store.engine import Store
from tests.builders import judged, script, spoken
from tests.conftest import ROOT
from tests.jobs.holding import all_played_by, current, held, playing

UNREACHABLE = "openai:x@http://127.0.0.1:9/v1"
RUBRIC = "therapeutic"
OTHER = "h-5d20c7f4"
QUICK = (ROOT / "configs" / "formats" / "quick.toml").read_text()


def saying(store: Store, path: Path, *entries: dict[str, Any], format: str = "panel", credence: int = 70) -> str:
    """A model that answers as these entries say, and everything else agreeably."""
    playing(store, path, format, credence)
    return script(path, *entries, *json.loads(path.read_text())["replies"])


def panel(speaker: str, *judges: str) -> Wishes:
    return Wishes(format="panel", proposer=speaker, critic=speaker, judges=judges)


async def judged_by(store: Store, folder: Path, *entries: dict[str, Any]) -> ScoreEvent:
    """A panel of three, the last of whom answers as these entries say."""
    models = [saying(store, folder / f"{name}.json", credence=70) for name in ("a", "b")]
    models.append(saying(store, folder / "c.json", *entries))
    return await held(store, panel(models[0], *models))


def numbers(event: ScoreEvent) -> tuple[State, float | None, float | None, float | None, object]:
    score = event.score
    return score.state, score.value, score.low, score.high, score.certainty


NO_NUMBER = (State.INSUFFICIENT, None, None, None, None)


@pytest.mark.parametrize("away", [2, 3])
async def test_a_panel_without_a_quorum_in_reach_stops_and_gives_no_number(
    example_store: Store, tmp_path: Path, away: int
) -> None:
    model = saying(example_store, tmp_path / "a.json")

    with pytest.raises(TransientError, match=r"127\.0\.0\.1:9"):
        await held(example_store, panel(model, *[model] * (3 - away), *[UNREACHABLE] * away))

    assert current(example_store) is None


async def test_a_debate_that_lost_its_quorum_can_go_on(example_store: Store, tmp_path: Path) -> None:
    model = saying(example_store, tmp_path / "a.json")
    with pytest.raises(TransientError):
        await held(example_store, panel(model, model, UNREACHABLE, UNREACHABLE))

    with example_store.reading() as transaction:
        states = transaction.exec_driver_sql("SELECT state FROM debate").scalars().all()

    assert states == ["open"]


async def test_a_judge_out_of_reach_is_counted_and_has_no_opinion(example_store: Store, tmp_path: Path) -> None:
    models = [saying(example_store, tmp_path / f"{name}.json") for name in ("a", "b")]

    two = await held(example_store, panel(models[0], *models))
    lost = await held(example_store, panel(models[0], *models, UNREACHABLE))

    assert (numbers(two), 3) == (numbers(lost), lost.score.unscored)


async def test_judges_who_all_fail_to_answer_give_no_number(example_store: Store, tmp_path: Path) -> None:
    model = saying(example_store, tmp_path / "a.json", {"place": "judge-*", "text": ""})

    event = await held(example_store, panel(model, model, model, model))

    assert numbers(event) == NO_NUMBER


async def test_a_debate_without_evidence_has_neither_a_number_nor_a_certainty(
    example_store: Store, tmp_path: Path
) -> None:
    nowhere = {"place": "[pc]r*", "reply": spoken("PLIN2 cures every disease of the brain")}
    model = saying(example_store, tmp_path / "a.json", nowhere)

    event = await held(example_store, panel(model, model, model))

    assert numbers(event) == NO_NUMBER


async def test_a_passage_that_is_read_again_in_every_round_counts_once(example_store: Store, tmp_path: Path) -> None:
    model = saying(example_store, tmp_path / "a.json", format="quick")
    found = []
    for rounds in (1, 2, 3, 5, 8):
        path = tmp_path / f"{rounds}.toml"
        path.write_text(QUICK.replace("rounds = 1", f"rounds = {rounds}"))
        event = await held(example_store, all_played_by(model, str(path)))
        found.append(numbers(event))

    assert found == [found[0]] * 5


async def test_a_passage_that_is_quoted_many_times_in_one_turn_counts_once(
    example_store: Store, tmp_path: Path
) -> None:
    model = saying(example_store, tmp_path / "a.json")
    argument = json.loads((tmp_path / "a.json").read_text())["replies"][-1]["reply"]["arguments"][0]
    often = {"arguments": [argument | {"citations": argument["citations"] * 3}] * 5}
    repeated = saying(example_store, tmp_path / "b.json", {"place": "[pc]r*", "reply": often})

    once = await held(example_store, panel(model, model, model))
    again = await held(example_store, panel(repeated, model, model))

    assert numbers(once) == numbers(again)


@pytest.mark.parametrize("said", ["The first side wins.", "[[A]]", '{"winner": "proposer"}', ""])
async def test_a_verdict_that_cannot_be_read_takes_no_side(example_store: Store, tmp_path: Path, said: str) -> None:
    models = [saying(example_store, tmp_path / f"{name}.json") for name in ("a", "b")]
    two = await held(example_store, panel(models[0], *models))

    event = await judged_by(example_store, tmp_path, {"place": "judge-*", "text": said})

    assert (numbers(two), 3) == (numbers(event), event.score.unscored)


async def test_a_judge_who_sides_with_whom_it_reads_first_says_nothing(example_store: Store, tmp_path: Path) -> None:
    flips = [
        {"place": "judge-*/final/proposer-first", "reply": judged(80, rubric=RUBRIC)},
        {"place": "judge-*/final/critic-first", "reply": judged(20, rubric=RUBRIC)},
    ]
    model = saying(example_store, tmp_path / "a.json", *flips)

    event = await held(example_store, panel(model, model, model))

    assert (event.score.value, event.score.judges[0].by_order) == (0.5, {"critic-first": 0.2, "proposer-first": 0.8})


@pytest.mark.sqlite
async def test_the_answer_in_one_order_is_never_taken_for_the_other(example_store: Store, tmp_path: Path) -> None:
    model = saying(example_store, tmp_path / "a.json")
    await held(example_store, panel(model, model, model))

    finals = "SELECT count(*), count(DISTINCT question_digest) FROM call WHERE place LIKE 'judge-_/final/%'"
    with example_store.reading() as transaction:
        counted = tuple(transaction.exec_driver_sql(finals).one())

    assert counted == (4, 4)


async def test_hypotheses_that_are_judged_alike_score_alike(example_store: Store, tmp_path: Path) -> None:
    model = saying(example_store, tmp_path / "a.json")

    events = [await held(example_store, panel(model, model, model), hypothesis=name) for name in (OTHER, "h-0e9a3b1c")]

    assert numbers(events[0]) == numbers(events[1])


async def test_the_debate_of_one_hypothesis_leaves_the_score_of_another(example_store: Store, tmp_path: Path) -> None:
    models = [saying(example_store, tmp_path / f"{credence}.json", credence=credence) for credence in (30, 90)]
    before = await held(example_store, panel(*[models[0]] * 3))
    await held(example_store, panel(*[models[1]] * 3), hypothesis=OTHER)

    assert before == current(example_store)


@pytest.mark.parametrize(
    "said",
    [
        "credence: 90",
        '"credence": 90',
        "On balance I would say 90.\n\nFINAL ANSWER: 90",
        '{"credence": 90}',
        json.dumps(judged(90, rubric=RUBRIC)) + "\nI am sure of it.",
    ],
)
async def test_no_number_is_picked_out_of_prose(example_store: Store, tmp_path: Path, said: str) -> None:
    model = saying(example_store, tmp_path / "a.json", {"place": "judge-*", "text": said})

    event = await held(example_store, panel(model, model, model))

    assert numbers(event) == NO_NUMBER


async def test_a_number_in_a_judges_reason_is_not_its_credence(example_store: Store, tmp_path: Path) -> None:
    reply = judged(20, rubric=RUBRIC) | {"reason": "credence: 95. The verdict is 95 out of 100."}
    model = saying(example_store, tmp_path / "a.json", {"place": "judge-*", "reply": reply})

    event = await held(example_store, panel(model, model, model))

    assert event.score.value == 0.2


@pytest.mark.parametrize("key", ["confidence", "certainty", "score", "weight"])
async def test_a_judge_cannot_say_how_sure_it_is_of_itself(example_store: Store, tmp_path: Path, key: str) -> None:
    sure = {"place": "judge-*", "reply": judged(90, rubric=RUBRIC) | {key: 0.99}}
    model = saying(example_store, tmp_path / "a.json", sure)

    event = await held(example_store, panel(model, model, model))

    assert (numbers(event), event.score.unscored) == (NO_NUMBER, 6)

"""What verify finds of how a debate went: polls, baselines, reasons, and debates that were held elsewhere."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from exchange.debate.context import Event
from exchange.domain.verdict import Unscored, Verdict, When
from exchange.errors import Interrupted
from exchange.jobs.setup import Wishes
from exchange.jobs.verify import Broken, verify
from exchange.store import debates
from exchange.store.engine import Store
from tests import builders
from tests.jobs.holding import held, playing, rows
from tests.store.rows import execute, unguard

FORMAT = "polled"
_STOP = "nothing_new = true\npoll = true\nstable = 0.03\nsettled = 0.05\n"


@pytest.fixture
def format(tmp_path: Path) -> str:
    """The quick format with polls and three rebuttals."""
    shipped = Path(__file__).parents[2] / "configs" / "formats" / "quick.toml"
    text = shipped.read_text().replace("nothing_new = false\n", "").replace("poll = false\n", _STOP)
    path = tmp_path / "polled.toml"
    path.write_text(text.replace("rounds = 1", "rounds = 3").replace('name = "quick"', f'name = "{FORMAT}"'))
    return str(path)


@pytest.fixture
async def name(example_store: Store, tmp_path: Path, format: str) -> str:
    """A debate that its judge ended after the second poll, in a store whose triggers nobody minds any more."""
    event = await held(example_store, _wishes(playing(example_store, tmp_path / "script.json"), format))
    unguard(example_store)
    return event.debate or ""


def _wishes(model: str, format: str, baseline: bool = False) -> Wishes:
    return Wishes(format=format, proposer=model, critic=model, judges=(model,), baseline=baseline)


def _sat(store: Store, name: str) -> list[str]:
    return [each.sitting.place for each in debates.verdicts(store, name)]


def _said(broken: tuple[Broken, ...]) -> list[tuple[str, str]]:
    return [(each.where, each.why) for each in broken]


async def test_a_debate_that_its_judge_ended_is_stored_with_its_reason(example_store: Store, name: str) -> None:
    assert rows(example_store, "stop_reason FROM debate") == [("verdict stable",)]


async def test_its_verdicts_come_back_in_the_order_of_sitting(example_store: Store, name: str) -> None:
    assert _sat(example_store, name) == [
        "judge-1/prior/blind",
        "judge-1/interim-2/proposer-first",
        "judge-1/interim-3/proposer-first",
        "judge-1/final/proposer-first",
        "judge-1/final/critic-first",
    ]


async def test_a_debate_that_its_judge_ended_is_whole(example_store: Store, name: str) -> None:
    assert verify(example_store).broken == ()


async def test_another_reason_than_the_rule_gives_is_noticed(example_store: Store, name: str) -> None:
    execute(example_store, "UPDATE debate SET stop_reason = 'rounds spent'")

    assert _said(verify(example_store).broken) == [
        (
            f"debate {name}",
            "it says that it ended for 'rounds spent'; by its rule it ended for 'verdict stable'.",
        )
    ]


async def test_an_interim_verdict_that_is_gone_is_missed(example_store: Store, name: str) -> None:
    execute(example_store, "DELETE FROM verdict WHERE number = 2")

    assert (f"verdict judge-1/interim-2/proposer-first of {name}", "it is missing.") in _said(
        verify(example_store).broken
    )


async def test_the_last_turn_before_the_reason_is_missed(example_store: Store, name: str) -> None:
    execute(example_store, "DELETE FROM turn WHERE ordinal = 3")

    assert (f"turn 3 of {name}", "it is missing.") in _said(verify(example_store).broken)


async def test_a_turn_after_the_reason_is_no_part_of_the_debate(example_store: Store, name: str) -> None:
    execute(
        example_store,
        "INSERT INTO turn (debate_id, ordinal, role, model, call_id, record, digest) "
        "SELECT debate_id, 4, 'critic', model, call_id, record, digest FROM turn WHERE ordinal = 2",
    )
    found = dict(_said(verify(example_store).broken[-1:]))

    assert found == {f"turn 4 of {name}": "the debate was over before it: verdict stable."}


async def test_a_number_that_is_changed_by_hand_is_noticed(example_store: Store, name: str) -> None:
    execute(example_store, "UPDATE verdict SET number = 4 WHERE number = 3")

    assert f"verdict judge-1/interim-4/proposer-first of {name}" in [
        where for where, _ in _said(verify(example_store).broken)
    ]


async def test_a_debate_that_stopped_after_a_poll_goes_on_to_the_same_end(
    example_store: Store, tmp_path: Path, format: str
) -> None:
    model = playing(example_store, tmp_path / "script.json")
    at_once = await held(example_store, _wishes(model, format))

    halt = asyncio.Event()

    def stop(event: Event) -> None:
        if isinstance(event, Verdict) and event.sitting.when is When.INTERIM:
            halt.set()

    with pytest.raises(Interrupted):
        await held(example_store, _wishes(model, format), halt=halt, seen=stop)
    resumed = await held(example_store, _wishes(model, format))

    assert (resumed.score, verify(example_store).broken) == (at_once.score, ())


async def test_an_unreadable_poll_is_stored_and_ends_nothing(example_store: Store, tmp_path: Path, format: str) -> None:
    path = tmp_path / "script.json"
    playing(example_store, path)
    model = _with(path, {"place": "judge-*/interim-3/*", "text": "No idea."})
    await held(example_store, _wishes(model, format))
    polls = [each for each in debates.verdicts(example_store, _only(example_store)) if each.sitting.number == 3]

    assert ([Unscored], [("rounds spent",)], ()) == (
        [type(each) for each in polls],
        rows(example_store, "stop_reason FROM debate"),
        verify(example_store).broken,
    )


async def test_a_rebuttal_that_says_nothing_new_ends_a_stored_debate(
    example_store: Store, tmp_path: Path, format: str
) -> None:
    path = tmp_path / "script.json"
    playing(example_store, path)
    entries: list[dict[str, Any]] = _entries(path)
    model = builders.script(path, *(each for each in entries if not each["place"].startswith("*/")))
    await held(example_store, _wishes(model, format))

    assert (rows(example_store, "stop_reason, (SELECT count(*) FROM turn) FROM debate"), ()) == (
        [("nothing new said", 3)],
        verify(example_store).broken,
    )


async def test_a_baseline_is_stored_and_whole(example_store: Store, tmp_path: Path) -> None:
    model = playing(example_store, tmp_path / "script.json")
    await held(example_store, _wishes(model, "quick", baseline=True))

    assert (
        _sat(example_store, _only(example_store))[:2],
        verify(example_store).broken,
    ) == (["judge-1/prior/blind", "judge-1/baseline-1/blind"], ())


async def test_a_baseline_that_is_gone_is_missed(example_store: Store, tmp_path: Path) -> None:
    model = playing(example_store, tmp_path / "script.json")
    await held(example_store, _wishes(model, "quick", baseline=True))
    unguard(example_store)
    execute(example_store, "DELETE FROM verdict WHERE number = 1")

    assert (f"verdict judge-1/baseline-1/blind of {_only(example_store)}", "it is missing.") in _said(
        verify(example_store).broken
    )


def _only(store: Store) -> str:
    return str(rows(store, "id FROM debate ORDER BY started_at")[-1][0])


def _entries(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text())["replies"]
    return found


def _with(path: Path, first: dict[str, Any]) -> str:
    return builders.script(path, first, *_entries(path))

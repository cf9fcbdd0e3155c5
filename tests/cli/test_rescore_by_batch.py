"""`exchange rescore --via batch`: stored turns are heard again by judges of a provider, for half the price."""

import json
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest

from exchange.store.engine import open_store
from exchange.testing import Fault, FaultServer
from exchange.testing.faults import status
from tests import builders
from tests.cli.running import HYPOTHESIS, play, rows, run
from tests.faults import outside
from tests.store.rows import execute

QUOTE = "that coats lipid droplets in most cell types"
PACE = {"QUIET_SECONDS": "0.1", "FIRST_PAUSE": "0.01", "LONGEST_PAUSE": "0.05"}


@pytest.fixture
def faulty() -> dict[str, Iterator[Fault]]:
    """What goes wrong with requests about batches, by their kinds."""
    return {}


@pytest.fixture
def server(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faulty: dict[str, Iterator[Fault]]
) -> Iterator[FaultServer]:
    assert play(builders.agreeable_script(tmp_path / "script.json", quote=QUOTE)).exit_code == 0
    for name, value in outside.home(tmp_path).items():
        monkeypatch.setenv(name, value)
    for name, value in PACE.items():
        monkeypatch.setenv(f"EXCHANGE_BATCHES__{name}", value)
    with FaultServer(
        tokens=lambda *_: (1000, 100), way=lambda kind, _: next(faulty.get(kind, iter(())), None)
    ) as opened:
        yield opened


def heard_again(server: FaultServer, *more: str) -> list[str]:
    return ["rescore", "--target", "PLIN2", "--kind", "judges", "--judge", f"openai:judge@{server.url}", *more]


@pytest.mark.sqlite
def test_new_verdicts_come_by_a_batch_and_cost_half(server: FaultServer, database: Path) -> None:
    ran = run(*heard_again(server, "--via", "batch", "--yes"))

    assert ran.exit_code == 0, ran.stderr
    calls = rows(database, "count(*), sum(provider_batch IS NOT NULL) FROM call WHERE model LIKE 'openai:%'")
    assert calls == [(3, 3)]
    assert rows(database, "round(sum(cost), 9) FROM call") == [(round(outside.charged(server.log), 9),)]
    assert run("verify", HYPOTHESIS).exit_code == 0


def test_a_plan_of_judges_by_batch_is_half_of_one_by_calls(server: FaultServer) -> None:
    plans = [
        json.loads(run(*heard_again(server, "--via", via, "--dry-run", "--json")).stdout) for via in ("call", "batch")
    ]

    by_call, by_batch = (plan["expected"] for plan in plans)
    assert by_batch == pytest.approx(by_call / 2) != 0


def test_how_judges_are_asked_is_kept_with_the_batch(server: FaultServer, database: Path) -> None:
    run(*heard_again(server, "--via", "batch", "--yes"))

    assert [json.loads(str(record))["via"] for (record,) in rows(database, "record FROM batch")] == ["batch"]


@pytest.fixture
def left(server: FaultServer, database: Path, faulty: dict[str, Iterator[Fault]]) -> str:
    """A batch that is open and worked on by nobody, while its provider is at what it was sent."""
    server.batches.hold(10_000)
    faulty["look"] = repeat(status(401))
    run(*heard_again(server, "--via", "batch", "--yes"))
    faulty.clear()
    store = open_store(database)
    execute(store, "UPDATE batch_item SET state = 'waiting'")
    execute(store, "UPDATE batch SET state = 'open', ended_at = NULL")
    store.close()
    ((name,),) = rows(database, "id FROM batch")
    return str(name)


@pytest.mark.parametrize("fault", [status(401), status(503)], ids=["for good", "for now"])
def test_a_batch_is_cancelled_until_its_provider_has_ended_what_it_was_sent(
    left: str, server: FaultServer, database: Path, faulty: dict[str, Iterator[Fault]], fault: Fault
) -> None:
    unpaid = run("batch", "cancel", left, "--no-paid")
    faulty["cancel"] = repeat(fault)
    refused = run("batch", "cancel", left)
    between = [each["status"] for each in server.batches.made]
    faulty.clear()
    ended = run("batch", "cancel", left, "--paid")

    for ran in (unpaid, refused):
        assert (ran.exit_code != 0, f"Again: exchange batch cancel {left}" in ran.stderr) == (True, True)
    assert ("cancelled" in between, [each["status"] for each in server.batches.made]) == (False, ["cancelled"])
    assert ended.stdout == (
        f"Nothing more of the batch {left} is begun. Of it one provider batch was ended: what the provider had answered by "
        "then is paid for and kept, the rest is not asked; what was done stays.\n"
    )
    assert (rows(database, "state FROM batch"), run("batch", "cancel", left).exit_code) == ([("cancelled",)], 10)


def test_a_request_to_cancel_that_fails_for_now_is_repeated(
    left: str, server: FaultServer, faulty: dict[str, Iterator[Fault]]
) -> None:
    faulty["cancel"] = iter([status(503), status(429)])

    assert (run("batch", "cancel", left).exit_code, server.batches.made[0]["status"]) == (0, "cancelled")

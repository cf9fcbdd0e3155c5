"""`exchange rescore --via batch`: stored turns are heard again by judges of a provider, for half the price."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.testing import FaultServer
from tests import builders
from tests.cli.running import HYPOTHESIS, play, rows, run
from tests.faults import outside

QUOTE = "that coats lipid droplets in most cell types"
PACE = {"QUIET_SECONDS": "0.1", "FIRST_PAUSE": "0.01", "LONGEST_PAUSE": "0.05"}


@pytest.fixture
def server(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    assert play(builders.agreeable_script(tmp_path / "script.json", quote=QUOTE)).exit_code == 0
    for name, value in outside.home(tmp_path).items():
        monkeypatch.setenv(name, value)
    for name, value in PACE.items():
        monkeypatch.setenv(f"EXCHANGE_BATCHES__{name}", value)
    with FaultServer(tokens=lambda *_: (1000, 100)) as opened:
        yield opened


def heard_again(server: FaultServer, *more: str) -> list[str]:
    return ["rescore", "--target", "PLIN2", "--kind", "judges", "--judge", f"openai:judge@{server.url}", *more]


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

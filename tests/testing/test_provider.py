"""The provider as a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.testing.provider import main, provider, read_log
from tests.testing.asking import ask


def test_it_serves_by_the_odds_that_it_is_given(tmp_path: Path) -> None:
    with provider(log=tmp_path / "log", status429=0.5, retry_after=3, usage_missing=0.5, seed=1) as running:
        for _ in range(20):
            ask(running.url)
        faults = [entry.fault for entry in running.served]

    assert ({"status-429", "usage-missing"}, 20) == (set(faults), len(faults))


def test_its_log_is_whole_when_it_is_told_to_stop(tmp_path: Path) -> None:
    with provider(log=tmp_path / "log") as running:
        ask(running.url)
        os.kill(running.pid, signal.SIGTERM)

    assert [entry.ended is not None for entry in read_log(tmp_path / "log")] == [True]


def test_it_ends_with_its_stdin(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "exchange.testing.provider", f"--log={tmp_path / 'log'}"]
    ran = subprocess.run(command, input="", capture_output=True, text=True, timeout=10, check=False)

    assert (ran.returncode, ran.stdout.startswith("http://127.0.0.1:"), ran.stderr) == (0, True, "")


def test_a_log_that_cannot_be_written_is_no_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="did not start"), provider(log=tmp_path / "nix" / "log"):
        pass


@pytest.mark.parametrize("odds", [["--status429=0.6", "--usage-missing=0.6"], ["--status429=-0.1"]])
def test_odds_that_are_none_are_refused(odds: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([f"--log={tmp_path / 'log'}", *odds])

    assert "add up to 1 at most" in capsys.readouterr().err

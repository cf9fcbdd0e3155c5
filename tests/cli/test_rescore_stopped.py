"""Ctrl-C while scores are computed again: what is done stays done, and the same command does the rest."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exchange.store.engine import open_store
from tests import images
from tests.bench import stores
from tests.cli.running import rows

COUNT = 2_000
COMMAND = ("rescore", "--policy", "cold 1")
NEW = "count(*), count(DISTINCT hypothesis_id) FROM score_event WHERE policy = 'cold 1'"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "exchange.db"
    path.write_bytes(images.blank())
    store = open_store(path)
    stores.write(store, COUNT)
    store.close()
    return path


def started() -> "subprocess.Popen[bytes]":
    program = [sys.executable, "-c", "from exchange.cli import main; main()", *COMMAND]
    return subprocess.Popen(program, env=os.environ, stderr=subprocess.PIPE, stdout=subprocess.PIPE)


def test_rescoring_that_is_interrupted_stops_cleanly_and_the_same_command_goes_on(many: Path) -> None:
    with started() as stopped:
        deadline = time.monotonic() + 60
        while rows(many, NEW) == [(0, 0)] and time.monotonic() < deadline:
            time.sleep(0.005)
        stopped.send_signal(signal.SIGINT)
        out, err = stopped.communicate(timeout=60)
    ((done, of),) = rows(many, NEW)
    assert isinstance(done, int)
    with started() as again:
        again.communicate(timeout=60)

    assert (stopped.returncode, out) == (130, b"")
    assert err.decode() == "exchange: What was rescored so far is stored. The same command goes on.\n"
    assert (0 < done < COUNT, done == of) == (True, True)
    assert (again.returncode, rows(many, NEW)) == (0, [(COUNT, COUNT)])

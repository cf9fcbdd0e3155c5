"""The fault server as a process of its own: `python -m exchange.testing.provider --log FILE`.

It prints its address on one line and serves until its stdin is closed or it gets SIGTERM. So whoever asks it can be
killed, and the log still tells what was bought.
"""

import argparse
import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.testing.bodies import BODIES
from exchange.testing.fault import Fault
from exchange.testing.served import Served, read_log
from exchange.testing.server import FaultServer, Plan
from exchange.testing.wire import drop_after_charge, status

__all__ = ["Provider", "main", "provider", "read_log"]

_PATIENCE = 10.0
_DIGITS = 13


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A server that runs; `url` is its base address, `log` the file that it writes, `pid` its process."""

    url: str
    log: Path
    pid: int

    @property
    def served(self) -> tuple[Served, ...]:
        """Every call so far, in the order of their reception. Raises OSError."""
        return read_log(self.log)


@contextmanager
def provider(
    *,
    log: Path,
    latency: float = 0.0,
    drop_after_charge: float = 0.0,
    status429: float = 0.0,
    retry_after: float | None = None,
    usage_missing: float = 0.0,
    seed: int = 0,
) -> Iterator[Provider]:
    """Starts the process, and ends it with the context.

    `latency` and `retry_after` are in seconds. The three others are probabilities from 0 to 1 that add up to 1 at most:
    which calls are hit depends on `seed` and the call's number alone. Raises RuntimeError where it does not start.
    """
    options = {
        "log": log,
        "latency": latency,
        "drop-after-charge": drop_after_charge,
        "status429": status429,
        "retry-after": retry_after,
        "usage-missing": usage_missing,
        "seed": seed,
    }
    arguments = [f"--{name}={value}" for name, value in options.items() if value is not None]
    command = [sys.executable, "-m", "exchange.testing.provider", *arguments]
    # In a session of its own, so that a signal to the asker's group does not reach it.
    with subprocess.Popen(  # noqa: S603 # this interpreter, this module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield Provider(url=_first_line(process), log=log, pid=process.pid)
        finally:
            _end(process)


def main(arguments: list[str] | None = None) -> None:
    """Serves, as the arguments say. Raises SystemExit."""
    chosen = _parsed(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with FaultServer(faults=_plan(chosen), latency=chosen.latency, log=chosen.log) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m exchange.testing.provider", description="A provider that fails.")
    parser.add_argument("--log", type=Path, required=True, help="the file that every call is appended to")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before every answer")
    parser.add_argument("--drop-after-charge", type=float, default=0.0, help="probability of no answer, and a charge")
    parser.add_argument("--status429", type=float, default=0.0, help="probability of a 429")
    parser.add_argument("--retry-after", help="the header that a 429 has")
    parser.add_argument("--usage-missing", type=float, default=0.0, help="probability of an answer without usage")
    parser.add_argument("--seed", type=int, default=0, help="what the calls that are hit are drawn from")
    chosen = parser.parse_args(arguments)
    probabilities = [chosen.drop_after_charge, chosen.status429, chosen.usage_missing]
    if not (all(each >= 0 for each in probabilities) and sum(probabilities) <= 1):
        parser.error("the probabilities must be from 0 to 1, and add up to 1 at most")
    return chosen


def _plan(chosen: argparse.Namespace) -> Plan:
    usage_missing = next(each for each in BODIES if each.name == "usage-missing")
    odds = (
        (chosen.drop_after_charge, drop_after_charge()),
        (chosen.status429, status(429, retry_after=chosen.retry_after)),
        (chosen.usage_missing, usage_missing),
    )

    def plan(number: int, _: dict[str, Any]) -> Fault | None:
        left = _drawn(chosen.seed, number)
        for probability, fault in odds:
            if left < probability:
                return fault
            left -= probability
        return None

    return plan


def _drawn(seed: int, number: int) -> float:
    """A number from 0 to below 1."""
    drawn = hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()[:_DIGITS]
    return int(drawn, 16) / (1 << 4 * _DIGITS)


def _first_line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline().strip() if process.stdout else ""
    if not line:
        raise RuntimeError(f"The provider did not start; it ended with exit code {process.wait(_PATIENCE)}.")
    return line


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    main()

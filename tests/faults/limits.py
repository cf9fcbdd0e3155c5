"""Processes that share a model's limit: no sliding minute of the provider's log holds more, and little is left unused."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from exchange.testing.provider import provider
from tests.faults import outside
from tests.faults.outcome import Outcome, Size
from tests.faults.zygote import zygote

_PROCESSES, _USED = 8, 0.8
# Calls of a debate in the format `quick`.
_CALLS = 6


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Requests in a minute of so many seconds, and for how many minutes there is work.

    A call may take `travel` seconds longer than another to the server: in a true minute the limit has room for that.
    """

    requests: int
    minute: float
    minutes: float
    travel: float = 0.0


def limits(size: Size) -> Iterator[Outcome]:
    """A line: eight processes that begin at once; the quick size has short minutes."""
    limit = (
        Limit(requests=90, minute=6, minutes=2, travel=0.5)
        if size is Size.QUICK
        else Limit(requests=300, minute=60, minutes=3)
    )
    with outside.ground(size) as name:
        yield _shared(Path(name), limit)


def _shared(folder: Path, limit: Limit) -> Outcome:
    path = folder / "exchange.db"
    each = -(-int(limit.requests * limit.minutes) // (_CALLS * _PROCESSES))
    names = outside.imported(path, each * _PROCESSES)
    with provider(log=folder / "calls", latency=0.05) as bought_from:
        model = f"openai:tiny@{bought_from.url}"
        rates = {"openai:tiny*": {"requests": limit.requests}}
        zygote().fork(
            _PROCESSES,
            db=str(path),
            environment=outside.home(folder) | {"EXCHANGE_RATES": json.dumps(rates)},
            format="quick",
            debater=model,
            judges=[model],
            hypotheses=names,
            shares=_PROCESSES,
            concurrency=8,
            minute=limit.minute,
            begin=time.time() + 2,
        )
        codes = zygote().ended()
        served = bought_from.served
    times = sorted(entry.received for entry in served)
    most, used = most_within(times, limit.minute - limit.travel), used_share(times, limit)
    finished = outside.rows(path, "count(*) FROM debate WHERE state = 'finished'")[0][0]
    said = {
        f"{most} calls came within {limit.minute:g} s, and the limit is {limit.requests}": most > limit.requests,
        f"{used:.0%} of the limit was used": used < _USED,
        f"exit codes {codes}: {path.with_suffix('.errors').read_text()}": any(codes),
        f"{len(names) - finished} debates did not finish": finished != len(names),
        **dict.fromkeys(outside.broken(path, served), True),
    }
    return Outcome(
        row=f"{_PROCESSES} processes share {limit.requests} calls in {limit.minute:g} s",
        counts={
            "calls": len(times),
            "most in a sliding minute": most,
            "used": f"{used:.0%}",
            "longest gap in seconds": max(later - sooner for sooner, later in pairwise(times)),
        },
        broken=tuple(what for what, is_so in said.items() if is_so),
    )


def most_within(times: Sequence[float], minute: float) -> int:
    """The most that lie in any span of so many seconds."""
    return max(sum(start <= each < start + minute for each in times) for start in times)


def used_share(times: Sequence[float], limit: Limit) -> float:
    """The share that was used as long as all had work: in the first two thirds of the time."""
    span = limit.minute * limit.minutes * 2 / 3
    return sum(each < times[0] + span for each in times) / (limit.requests * span / limit.minute)

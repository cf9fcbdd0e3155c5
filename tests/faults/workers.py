"""Workers on PostgreSQL that are killed, one of them for good, while the server restarts; and eight that begin at once."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from exchange.domain.address import Address
from exchange.domain.work import ItemState
from exchange.errors import StoreError
from exchange.jobs import databases
from exchange.jobs.queue import Queue
from exchange.store import batches
from exchange.store.engine import Store, open_store
from exchange.testing.provider import Provider, provider
from tests import postgres
from tests.faults import outside
from tests.faults.killed_batches import Scene, wrong
from tests.faults.limits import Limit, most_within, used_share
from tests.faults.outcome import Outcome, Size
from tests.faults.poison import begun

_EXCHANGE = Path(sys.executable).parent / "exchange"
# As its users have it: a commit that is reported is kept, whatever happens to the server.
_KEPT = "-c max_connections=200"
# Seconds that a call takes, and hypotheses of a worker at once.
_PACE = {Size.QUICK: (0.3, 2), Size.FULL: (0.05, 8)}
_HEARTBEAT = {Size.QUICK: 4.0, Size.FULL: 8.0}
# Hypotheses; kills of each worker, the last of one for good; restarts of the server.
_SIZES = {Size.QUICK: (24, 1, 1), Size.FULL: (1_000, 5, 3)}
_EIGHT = Limit(requests=300, minute=60, minutes=3)
_CALLS = 6
# About what a hypothesis costs, in US dollars.
_COST = 0.0155
_PATIENCE = 900.0
_THEIRS = "SELECT count(*) FROM call JOIN debate ON debate.id = debate_id WHERE call.state = 'open' AND owner LIKE %s"
_MISSING = "PostgreSQL's programs or dbos are not on this machine"


@dataclass(kw_only=True)
class _Machine:
    """A place for one worker at a time; its host name is its own where the system lets us give one."""

    host: str
    environment: Mapping[str, str]
    said: Path
    process: subprocess.Popen[bytes] | None = None
    store: Store
    open_at_kills: list[int] = field(default_factory=list)

    def start(self) -> None:
        command = [str(_EXCHANGE), "worker"]
        if _unshared():
            command = ["unshare", "--uts", "sh", "-c", f'hostname {self.host} && exec "$@"', "sh", *command]
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(command, env=dict(self.environment), stdout=said, stderr=said)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()
        with self.store.reading() as transaction:
            found = transaction.exec_driver_sql(_THEIRS, (f'%"process":{self.process.pid},%',))
            self.open_at_kills.append(found.scalar_one())

    def end(self) -> int:
        """Stops it as a system does; its exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def _machine(number: int, environment: Mapping[str, str], folder: Path, store: Store) -> _Machine:
    return _Machine(host=f"host-{number}", environment=environment, said=folder / f"worker-{number}", store=store)


def workers(size: Size) -> Iterator[Outcome]:
    """Three lines at full size, one at the quick one."""
    if postgres.programs() is None:
        if os.environ.get("CI"):
            raise FileNotFoundError(_MISSING)
        yield Outcome(row=f"left out: {_MISSING}", counts={})
        return
    with outside.ground(size) as name, _server() as server:
        yield _killed(Path(name), server, size)
    if size is Size.FULL:
        for line in (_at_once, _under_a_cap):
            with outside.ground(size) as name, _server() as server:
                yield line(Path(name), server)


@contextmanager
def _server() -> Iterator[postgres.Server]:
    server = postgres.Server(_KEPT)
    try:
        yield server
    finally:
        server.end()


def _killed(folder: Path, server: postgres.Server, size: Size) -> Outcome:
    hypotheses, kills, restarts = _SIZES[size]
    with provider(log=folder / "calls", latency=_PACE[size][0]) as bought_from:
        address, batch = _handed_over(folder, server, hypotheses, bought_from)
        cap = _capped(address, batch, hypotheses)
        environment, store = _environment(folder, address, _HEARTBEAT[size], _PACE[size][1]), open_store(address)
        machines = [_machine(n, environment, folder, store) for n in range(2)]
        for machine in machines:
            machine.start()
        begun_at = time.time()
        _trouble(machines, server, kills, restarts, size)
        taken_over, done = time.time(), _until_done(store, batch)
        code = machines[1].end()
        store.close()
        scene = _copied(
            folder, address, bought_from, [number for machine in machines for number in machine.open_at_kills]
        )
        again, in_flight = outside.bought_again(bought_from.served), sum(scene.open_at_kills)
        spent = outside.rows(scene.path, "sum(coalesce(cost, worst)) FROM call")[0][0]
        problems = [*wrong(scene, code, again, in_flight)]
        silent = _silent(machines)
        late = 2 * _HEARTBEAT[size]
        problems += [f"one was silent for {silent:g} s before it was taken over"] if silent > late else []
        problems += [f"${spent:.4f} of ${cap:.4f} were spent"] if spent > cap else []
        problems += [] if done else [f"not done after {_PATIENCE:g} s"]
        if problems:
            problems += [each.said.read_text()[-1_500:] for each in machines]
        return Outcome(
            row=f"two workers on PostgreSQL, {hypotheses:,} hypotheses: kill -9 of each, one for good; {restarts} restarts",
            counts={
                "kills": len(scene.open_at_kills),
                "hosts": 2 if _unshared() else 1,
                "done": outside.rows(scene.path, "count(*) FROM batch_item WHERE state = 'done'")[0][0],
                "charged calls": sum(entry.charged for entry in bought_from.served),
                "bought again": again,
                "in flight at the kills": in_flight,
                "spent, of the cap": f"${spent:.3f} of ${cap:.3f}",
                "silent at most, of a heartbeat": f"{silent:g} s of {_HEARTBEAT[size]:g} s",
                "seconds after the last kill": done - taken_over,
                "seconds": done - begun_at,
            },
            broken=tuple(problems),
        )


def _silent(machines: list[_Machine]) -> float:
    """The longest that a worker was silent before another one took over what it had, in seconds."""
    said = "".join(each.said.read_text() for each in machines)
    return max(map(float, re.findall(r"was silent for (\d+) s", said)), default=0.0)


def _trouble(machines: list[_Machine], server: postgres.Server, kills: int, restarts: int, size: Size) -> None:
    """Kills each worker so often, and restarts the server in between; the first worker's last kill is for good."""
    drawn, between = random.Random(0), (6.0, 9.0) if size is Size.FULL else (5.0, 6.0)
    for number in range(kills):
        for machine in reversed(machines):
            time.sleep(drawn.uniform(*between))
            machine.kill()
            if machine is machines[1] or number < kills - 1:
                machine.start()
        if number < restarts:
            time.sleep(drawn.uniform(1.0, 2.0))
            server.stop("fast" if number % 2 else "immediate")
            time.sleep(1.0)
            server.start()


def _at_once(folder: Path, server: postgres.Server) -> Outcome:
    hypotheses = int(_EIGHT.requests * _EIGHT.minutes) // _CALLS
    with provider(log=folder / "calls", latency=0.05) as bought_from:
        address, batch = _handed_over(folder, server, hypotheses, bought_from)
        store = open_store(address)
        environment = _environment(folder, address, 60.0) | {
            "EXCHANGE_RATES": json.dumps({"openai:m*": {"requests": _EIGHT.requests}})
        }
        machines = [_machine(n, environment, folder, store) for n in range(8)]
        for machine in machines:
            machine.start()
        done = _until_done(store, batch)
        codes = [machine.end() for machine in machines]
        store.close()
        scene = _copied(folder, address, bought_from, [])
        times = sorted(entry.received for entry in bought_from.served)
        most, used = most_within(times, _EIGHT.minute), used_share(times, _EIGHT)
        problems = [*wrong(scene, max(codes), outside.bought_again(bought_from.served), 0)]
        problems += [f"{most} calls came within a minute"] if most > _EIGHT.requests else []
        problems += [f"{used:.0%} of the limit was used"] if used < 0.8 else []
        problems += [] if done else [f"not done after {_PATIENCE:g} s"]
        owners = outside.rows(scene.path, "count(*) FROM worker")[0][0]
        return Outcome(
            row=f"eight workers begin at once on {hypotheses} hypotheses, and share {_EIGHT.requests} calls a minute",
            counts={
                "workers": owners,
                "calls": len(times),
                "most in a sliding minute": most,
                "used": f"{used:.0%}",
                "scored": outside.rows(scene.path, "count(DISTINCT hypothesis_id) FROM score_event")[0][0],
            },
            broken=tuple(problems),
        )


def _under_a_cap(folder: Path, server: postgres.Server) -> Outcome:
    """A cap for about half of the batch; then a higher one."""
    hypotheses = 200
    with provider(log=folder / "calls", latency=0.05) as bought_from:
        address, batch = _handed_over(folder, server, hypotheses, bought_from)
        store = open_store(address)
        caps, spent, done = (_COST * hypotheses / 2, 2 * _COST * hypotheses), list[float](), list[int]()
        environment = _environment(folder, address, 8.0)
        machines = [_machine(n, environment, folder, store) for n in range(2)]
        batches.recap(store, batch, caps[0])
        for machine in machines:
            machine.start()
        for cap in caps:
            batches.recap(store, batch, cap)
            queue = Queue(store)
            queue.hand_over(batch, batches.left(store, batch))
            queue.close()
            _until_quiet(store, batch)
            spent.append(outside.charged(bought_from.served))
            done.append(batches.counts(store, batch)[ItemState.DONE])
        codes = [machine.end() for machine in machines]
        store.close()
        scene = _copied(folder, address, bought_from, [])
        problems = [*wrong(scene, max(codes), outside.bought_again(bought_from.served), 0)]
        problems += [
            f"${each:.4f} of ${cap:.4f} were spent" for each, cap in zip(spent, caps, strict=True) if each > cap
        ]
        problems += [] if 0 < done[0] < hypotheses else [f"{done[0]} were done under the lower cap"]
        return Outcome(
            row=f"two workers under one cap on {hypotheses} hypotheses, and under a higher one",
            counts={
                f"under ${cap:.3f}": f"{n} done for ${each:.3f}" for cap, n, each in zip(caps, done, spent, strict=True)
            },
            broken=tuple(problems),
        )


def _until_quiet(store: Store, batch: str) -> None:
    """Until none of its items is being done for some seconds, or all are done."""
    quiet, deadline = 0, time.time() + _PATIENCE
    time.sleep(8)
    while quiet < 10 and time.time() < deadline:
        counts = batches.counts(store, batch)
        quiet = 0 if counts[ItemState.TAKEN] else quiet + 1
        if not counts[ItemState.WAITING] + counts[ItemState.TAKEN]:
            return
        time.sleep(0.5)


def _handed_over(folder: Path, server: postgres.Server, hypotheses: int, bought_from: Provider) -> tuple[Address, str]:
    """A batch in a database of the server, and in the engine's."""
    path = folder / "before.db"
    batch = begun(path, outside.imported(path, hypotheses), bought_from.url)
    address = postgres.create_on(server)
    databases.copy(path, address, lambda *_: None)
    store = open_store(address)
    queue = Queue(store)
    queue.hand_over(batch, batches.left(store, batch))
    queue.close()
    store.close()
    return address, batch


def _capped(address: Address, batch: str, hypotheses: int) -> float:
    """A cap that what is reserved comes near, and that is high enough for what is bought again."""
    store, cap = open_store(address), 0.02 * hypotheses + 2.0
    batches.recap(store, batch, cap)
    store.close()
    return cap


def _environment(folder: Path, address: Address, heartbeat: float, debates: int = 8) -> dict[str, str]:
    limits = dict(heartbeat_seconds=heartbeat, lease_seconds=heartbeat, concurrency=16, debates=debates, attempts=2)
    settings = {f"EXCHANGE_LIMITS__{name.upper()}": str(value) for name, value in limits.items()}
    return dict(os.environ) | outside.home(folder) | settings | {"EXCHANGE_DB": address.url}


def _until_done(store: Store, batch: str) -> float:
    """When nothing was left of it; 0 where that was not to be waited for."""
    deadline = time.time() + _PATIENCE
    while time.time() < deadline:
        with suppress(StoreError):
            counts = batches.counts(store, batch)
            if not counts[ItemState.WAITING] + counts[ItemState.TAKEN]:
                return time.time()
        time.sleep(0.5)
    return 0.0


def _copied(folder: Path, address: Address, bought_from: Provider, open_at_kills: list[int]) -> Scene:
    path = folder / "after.db"
    databases.copy(address, path, lambda *_: None)
    return Scene(path=path, bought_from=bought_from, open_at_kills=open_at_kills)


def _unshared() -> bool:
    return os.geteuid() == 0 and shutil.which("unshare") is not None

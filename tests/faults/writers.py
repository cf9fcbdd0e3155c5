"""Many processes at one file: nobody's write is lost, nobody is turned away, and nobody buys what another one buys."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from exchange.testing.provider import provider
from tests.conftest import ROOT
from tests.faults import outside
from tests.faults.outcome import Outcome, Size
from tests.faults.zygote import zygote

_WRITERS = 8
_COUNTER = "INSERT INTO entity (path, slug, name) VALUES ('genes', 'counter', '0')"
_COMMAND = "from exchange.cli import main; main()"
# Seconds for each child until all are there, so that they ask together.
_GATHERING = 0.1


def writers(size: Size) -> Iterator[Outcome]:
    """Transactions from eight processes; then debates of one hypothesis that are asked for at the same time."""
    yield _transactions(size, 40 if size is Size.QUICK else 500)
    yield _forked(size, 12 if size is Size.QUICK else 50)
    if size is Size.FULL:
        yield _commands(50)


def _transactions(size: Size, each: int) -> Outcome:
    with outside.ground(size) as name:
        path = Path(name) / "exchange.db"
        outside.imported(path, 1)
        outside.execute(path, _COUNTER)
        zygote().fork(_WRITERS, db=str(path), increments=each)
        codes = zygote().ended()
        errors = path.with_suffix(".errors").read_text()
        counted = int(outside.rows(path, "name FROM entity WHERE slug = 'counter'")[0][0])
        broken = [*outside.broken(path, ()), *([errors] if any(codes) else [])]
        if counted != _WRITERS * each:
            broken.append(f"{_WRITERS * each - counted} updates were lost")
        return Outcome(
            row=f"{_WRITERS} processes x {each} transactions on one SQLite file",
            counts={"updates": counted, "lost": _WRITERS * each - counted, "locked errors": errors.count("locked")},
            broken=tuple(broken),
        )


def _forked(size: Size, children: int) -> Outcome:
    with outside.ground(size) as name:
        folder = Path(name)
        path = folder / "exchange.db"
        (hypothesis,) = outside.imported(path, 1)
        with provider(log=folder / "calls", latency=0.02) as bought_from:
            model = f"openai:tiny@{bought_from.url}"
            zygote().fork(
                children,
                db=str(path),
                environment=outside.home(folder),
                format="panel",
                debater=model,
                judges=[model, model],
                hypotheses=[hypothesis],
                concurrency=8,
                begin=time.time() + _GATHERING * children,
            )
            codes = zygote().ended()
            served = bought_from.served
        broken = [*outside.broken(path, served), *_more_than_one(path, len(served), codes)]
        return Outcome(
            row=f"{children} processes debate one hypothesis at once",
            counts=_counts(path, len(served), codes),
            broken=tuple(broken),
        )


def _commands(count: int) -> Outcome:
    """The same by the command itself, loading and all."""
    with outside.ground(Size.FULL) as name:
        folder = Path(name)
        path = folder / "exchange.db"
        (hypothesis,) = outside.imported(path, 1)
        with provider(log=folder / "calls", latency=0.02) as bought_from:
            model = f"openai:tiny@{bought_from.url}"
            roles = ["--proposer", model, "--critic", model, "--judge", model, "--judge", model]
            command = [sys.executable, "-c", _COMMAND, "debate", hypothesis, "--format", "panel", *roles, "--json"]
            environment = os.environ | outside.home(folder) | {"EXCHANGE_DB": str(path)}
            with (folder / "said").open("w") as said:
                running = [
                    subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=said, text=True)
                    for _ in range(count)
                ]
                printed = {process.communicate()[0] for process in running}
            codes = [process.returncode for process in running]
            served = bought_from.served
        broken = [*outside.broken(path, served), *_more_than_one(path, len(served), codes)]
        if len(printed) != 1:
            broken.append(f"{len(printed)} different outcomes were printed")
        return Outcome(
            row=f"{count} commands `exchange debate` of one hypothesis at once",
            counts=_counts(path, len(served), codes) | {"different outcomes printed": len(printed)},
            broken=tuple(broken),
        )


def _counts(path: Path, calls: int, codes: list[int]) -> dict[str, int | float | str]:
    events = "count(*) FROM score_event WHERE cause != 'imported'"
    return {
        "debates": outside.rows(path, "count(*) FROM debate")[0][0],
        "score events": outside.rows(path, events)[0][0],
        "calls": calls,
        "done": codes.count(0),
    }


def _more_than_one(path: Path, calls: int, codes: list[int]) -> Iterator[str]:
    if any(codes):
        errors = path.with_suffix(".errors")
        yield f"exit codes {codes}: {errors.read_text() if errors.exists() else ''}"
    debates = outside.rows(path, "id, (SELECT count(DISTINCT place) FROM call WHERE debate_id = debate.id) FROM debate")
    if len(debates) != 1:
        yield f"{len(debates)} debates were held"
    elif calls != debates[0][1]:
        yield f"{calls} calls were made for {debates[0][1]} questions"

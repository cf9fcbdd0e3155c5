"""What the front door costs a page, against SQLAlchemy Core and plain sqlite3 that fetch the same rows, at any size."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import (
    BindParameter,
    Engine,
    bindparam,
    create_engine,
    func,
    insert,
    or_,
    select,
    text,
)

import exchange
from exchange.domain.event import Basis, Cause, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.identity import derived_hypothesis_id, digest
from exchange.domain.page import Page
from exchange.domain.policy import COLD
from exchange.domain.relation import Reason, Why, to_json
from exchange.domain.score import Score, State
from exchange.store.dialects import raw
from exchange.store.engine import open_store
from exchange.store.reader import reader
from exchange.store.scores import values
from exchange.store.standing import ON_PAGES
from exchange.store.tables import (
    EntityRow,
    HypothesisRow,
    PageRow,
    PolicyInForceRow,
    RelationRow,
    ScoreEventRow,
    TargetRow,
    table,
)
from tests.bench.limits import Limits
from tests.bench.stores import scored

ON_A_PAGE = 10
_PAGES_AT_ONCE = 2_000
_OURS = "ours"
_CORE = "SQLAlchemy Core, statements made once"
_PASSES, _A_TURN, _WARMING = 5, 100, 10
_A_READ = 1 << 24
_AT = "2026-01-01T00:00:00.000000+00:00"
_BEFORE = "2025-01-01T00:00:00.000000+00:00"
_RENDER = """
import sys
from exchange.pages.door import related
from exchange.pages.hosts.html import section
assert "exchange-item" in section(related(sys.argv[1], sys.argv[2]))
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
_PAGE, _RELATION, _HYPOTHESIS, _EVENT = table(PageRow), table(RelationRow), table(HypothesisRow), table(ScoreEventRow)
_POLICY = table(PolicyInForceRow)
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
Fetch = Callable[[Sequence[str]], int]


def run(limits: Limits, sizes: Sequence[int] = (10_000, 1_000_000), rounds: int = 2_000) -> None:
    """Prints, for each number of hypotheses, ten to a page: p50 and p99 of ours and of both floors, their ratios, and memory.

    The sizes take turns too, so that what else the machine does meets all of them. The files lie in memory, as those of a
    site that is read do: what a disk takes for a page that nobody read lately is the disk's.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = {size: _made(Path(folder) / f"{size}.db", size) for size in sizes}
        found = _compared(paths, rounds)
        first, last = sizes[0], sizes[-1]
        for place, name in enumerate(("p50", "p99")):
            ours, core = (found[last, way][place] for way in (_OURS, _CORE))
            limits.at_most(f"related at {last:,}, {name} to Core", ours / core, 2)
            limits.at_most(
                f"related at {last:,}, {name} to itself at {first:,}", ours / found[first, _OURS][place], 1.5
            )
        for size, path in paths.items():
            _many(path, size)
            _memory(limits, path)


def _made(path: Path, size: int) -> Path:
    begun = time.perf_counter()
    fill(path, size)
    # What is still being written to the disk would be measured with what is read.
    os.sync()
    print(
        f"{size:,} hypotheses on {size // ON_A_PAGE:,} pages: made in {time.perf_counter() - begun:.0f} s, "
        f"{path.stat().st_size / 1e9:.2f} GB",
        flush=True,
    )
    return path


def fill(path: Path, hypotheses: int, seed: int = 0) -> None:
    """Makes a store with ten hypotheses to a page, each with a score; every third had an imported one before."""
    drawn = random.Random(seed)
    scores = scored(200)
    store = open_store(path, create=True)
    numbers = iter(range(hypotheses // ON_A_PAGE))
    while part := list(islice(numbers, _PAGES_AT_ONCE)):
        claims = [_hypothesis(page * ON_A_PAGE + place, page) for page in part for place in range(ON_A_PAGE)]
        with store.writing() as transaction:
            transaction.execute(insert(EntityRow), [_entity(number) for number in part])
            transaction.execute(insert(PageRow), [_page(number) for number in part])
            transaction.execute(insert(HypothesisRow), [_hypothesis_row(each) for each in claims])
            transaction.execute(insert(TargetRow), list(_targets(claims)))
            transaction.execute(insert(RelationRow), list(_relations(claims)))
            transaction.execute(insert(ScoreEventRow), list(_events(claims, scores, drawn)))
    store.close()


def slug(number: int) -> str:
    """The slug of a page of the store."""
    return f"genes-g{number}"


def _entity(number: int) -> dict[str, Any]:
    return dict(id=number + 1, path="genes", slug=f"g{number}", name=f"G{number}")


def _page(number: int) -> dict[str, Any]:
    page = Page(slug=slug(number), title=f"G{number}", body="It has a text.", source="It has a text.")
    record = page.to_json()
    return dict(
        id=number + 1,
        slug=page.slug,
        title=page.title,
        entity_id=number + 1,
        record=record,
        digest=digest(record),
        imported_at=_AT,
        due=False,
    )


def _hypothesis(number: int, page: int) -> Hypothesis:
    claim = f"Raising G{page} in astrocytes by {number} in a hundred slows the loss of synapses in early disease."
    return Hypothesis(id=derived_hypothesis_id(claim), title=claim, targets=(f"G{page}",))


def _hypothesis_row(each: Hypothesis) -> dict[str, Any]:
    claim, targets = Basis.of_hypothesis(each)
    return dict(
        id=each.id,
        title=each.title,
        claim_digest=claim,
        targets_digest=targets,
        record=each.to_json(),
        imported_at=_AT,
        due=False,
        direction="raises",
        stance=f"+genes/{each.targets[0].lower()}",
    )


def _targets(claims: Sequence[Hypothesis]) -> Iterator[dict[str, Any]]:
    for each in claims:
        yield dict(hypothesis_id=each.id, name=each.targets[0], entity_id=int(each.targets[0][1:]) + 1)


def _relations(claims: Sequence[Hypothesis]) -> Iterator[dict[str, Any]]:
    for each in claims:
        reasons = to_json([Reason(Why.SUBJECT, each.targets)])
        page = int(each.targets[0][1:]) + 1
        yield dict(page_id=page, hypothesis_id=each.id, relevance=0.95, reasons=reasons)


def _events(claims: Sequence[Hypothesis], scores: Sequence[Score], drawn: random.Random) -> Iterator[dict[str, Any]]:
    for place, each in enumerate(claims):
        if place % 3 == 0:
            score = Score(state=State.SCORED, value=0.5, policy="imported", policy_digest="")
            given = ScoreEvent(hypothesis=each.id, cause=Cause.IMPORTED, score=score, at=_BEFORE, origin="a wiki")
            yield values(given)
        yield values(_debated(each, drawn.choice(scores)))


def _debated(each: Hypothesis, score: Score) -> ScoreEvent:
    claim, targets = Basis.of_hypothesis(each)
    basis = Basis(
        claim=claim,
        entities=targets,
        policy=COLD.digest,
        **dict.fromkeys(("evidence", "prompts", "rubric", "models"), "0" * 64),
    )
    return ScoreEvent(hypothesis=each.id, cause=Cause.FIRST_DEBATE, score=score, at=_AT, format="panel", basis=basis)


def _compared(paths: Mapping[int, Path], rounds: int) -> dict[tuple[int, str], list[float]]:
    """Prints p50 and p99 in microseconds of each way at each size, asked for pages of its own, and returns them.

    Of each, the middle one of several passes counts: a machine that fetches a few pages from its disk again in one of them
    moves its p99 by half.
    """
    passes: dict[tuple[int, str], list[list[float]]] = defaultdict(list)
    with ExitStack() as stack:
        ways = {(size, way): fetch for size, path in paths.items() for way, fetch in _ways(stack, path).items()}
        for number in range(_PASSES):
            for path in paths.values():
                _into_memory(path)
            for each, taken in _timed(ways, rounds, random.Random(number)).items():
                passes[each].append([_quantile(taken, at) * 1e6 for at in (0.5, 0.99)])
    found = {each: [median(figures) for figures in zip(*those, strict=True)] for each, those in passes.items()}
    for (size, way), (half, most) in found.items():
        ours, tails = found[size, _OURS], [most for _, most in passes[size, way]]
        print(
            f"  related at {size:,}, {way}: p50 {half:.0f} µs, p99 {most:.0f} µs ({min(tails):.0f} to {max(tails):.0f}); "
            f"ours is {ours[0] / half:.2f} and {ours[1] / most:.2f} times that",
            flush=True,
        )
    return found


def _ways(stack: ExitStack, path: Path) -> dict[str, Fetch]:
    engine = create_engine(f"sqlite:///{path}")
    stack.callback(engine.dispose)
    connection = stack.enter_context(closing(sqlite3.connect(path)))
    once = _wanted()
    return {
        _OURS: lambda names: len(exchange.related(names[0], str(path)).hypotheses),
        "SQLAlchemy Core, statements made each time": lambda names: _core(engine, names, _wanted()),
        _CORE: lambda names: _core(engine, names, once),
        "SQLAlchemy, the statements of ours as text": lambda names: _text(engine, names),
        "sqlite3": lambda names: _plain(connection, names),
    }


def _into_memory(path: Path) -> None:
    with path.open("rb", buffering=0) as file:
        while file.read(_A_READ):
            pass


def _timed(
    ways: Mapping[tuple[int, str], Fetch], rounds: int, drawn: random.Random
) -> dict[tuple[int, str], list[float]]:
    """Seconds of each; they take turns of a hundred pages each, the first of which are not counted."""
    times: dict[tuple[int, str], list[float]] = {each: [] for each in ways}
    for _ in range(max(rounds // _A_TURN, 1)):
        for (size, way), fetch in ways.items():
            pages = size // ON_A_PAGE
            turn = [_seconds(way, fetch, slug(drawn.randrange(pages))) for _ in range(_A_TURN + _WARMING)]
            times[size, way] += turn[_WARMING:]
    return times


def _seconds(way: str, fetch: Fetch, name: str) -> float:
    begun = time.perf_counter()
    found = fetch([name])
    taken = time.perf_counter() - begun
    if found != ON_A_PAGE:
        raise AssertionError(f"{way} found {found} hypotheses on {name}")
    return taken


def _core(engine: Engine, names: Sequence[str], wanted: Any) -> int:
    """The same rows by Core's expressions."""
    with engine.connect() as connection:
        return len(connection.execute(wanted, {"wanted": names}).all())


def _wanted() -> Any:
    event, earlier, said, other = _EVENT.alias(), _EVENT.alias(), _EVENT.alias(), _EVENT.alias("other")
    latest = select(other.c.id).where(other.c.hypothesis_id == _HYPOTHESIS.c.id)
    outcome = select(func.max(other.c.id)).where(
        other.c.hypothesis_id == _HYPOTHESIS.c.id, text("other.cause IN ('outcome', 'withdrawn')")
    )
    counting = latest.where(other.c.id >= func.coalesce(said.c.id, 0))
    current = counting.order_by(other.c.standing.desc(), other.c.id.desc()).limit(1).scalar_subquery()
    before = latest.where(other.c.cause == "imported", other.c.at < event.c.at).order_by(other.c.id.desc()).limit(1)
    policy = select(_POLICY.c.digest).order_by(_POLICY.c.id.desc()).limit(1).scalar_subquery()
    joined = (
        _PAGE.outerjoin(_RELATION, _RELATION.c.page_id == _PAGE.c.id)
        .outerjoin(_HYPOTHESIS, _HYPOTHESIS.c.id == _RELATION.c.hypothesis_id)
        .outerjoin(said, said.c.id == outcome.scalar_subquery())
        .outerjoin(event, event.c.id == current)
        .outerjoin(earlier, earlier.c.id == before.scalar_subquery())
    )
    events = event.c.record, event.c.digest, said.c.record, said.c.digest, earlier.c.at, earlier.c.value
    read = (
        _HYPOTHESIS.c.direction,
        _HYPOTHESIS.c.stance,
        _HYPOTHESIS.c.kin,
        _HYPOTHESIS.c.claim_digest,
        _HYPOTHESIS.c.targets_digest,
    )
    columns = _PAGE.c.slug, _RELATION.c.relevance, _RELATION.c.reasons, _HYPOTHESIS.c.id, *read, _HYPOTHESIS.c.record
    called = or_(*(column.in_(_WANTED) for column in (_PAGE.c.slug, _PAGE.c.artifact, _PAGE.c.wiki_page_id)))
    return select(*columns, *events, policy).select_from(joined).where(called)


def _text(engine: Engine, names: Sequence[str]) -> int:
    """The same rows by the statement of the front door, as text that Core has nothing to do with."""
    with engine.connect() as connection:
        return len(connection.exec_driver_sql(ON_PAGES.sqlite, {"names": json.dumps(names)}).all())


def _plain(connection: sqlite3.Connection, names: Sequence[str]) -> int:
    return len(connection.execute(ON_PAGES.sqlite, {"names": json.dumps(names)}).fetchall())


def _many(path: Path, size: int, pages: int = 500) -> None:
    names = [slug(number) for number in random.Random(2).sample(range(size // ON_A_PAGE), pages)]
    queries: list[str] = []
    with reader(path).engine.connect() as held:
        # The pool gives the same connection to the next who asks.
        raw(held).set_trace_callback(queries.append)
    begun = time.perf_counter()
    found = exchange.related_many(names, str(path))
    seconds = time.perf_counter() - begun
    selects = sum("SELECT" in query for query in queries)
    shown = sum(len(each.hypotheses) for each in found)
    print(
        f"  related_many of {pages} pages at {size:,}: {selects} queries, {shown:,} hypotheses, {seconds * 1e3:.0f} ms",
        flush=True,
    )


def _memory(limits: Limits, path: Path) -> None:
    program = [sys.executable, "-c", _RENDER, slug(0), str(path)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    limits.at_most("a process that renders a page, MB", int(done.stdout) / 1024, 80)


def _quantile(times: Sequence[float], at: float) -> float:
    return sorted(times)[min(int(at * len(times)), len(times) - 1)]


if __name__ == "__main__":
    run(Limits(), [int(size) for size in sys.argv[1:]] or (10_000, 1_000_000))

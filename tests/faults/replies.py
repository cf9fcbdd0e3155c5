"""Every bad answer at a turn and at a verdict of a real debate over HTTP leaves behind what is documented."""

import asyncio
import base64
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from exchange.config import rubric_named, settings
from exchange.debate import readings
from exchange.domain.calls import Form
from exchange.errors import ExchangeError, ReplyError
from exchange.jobs.debate import Observer, debate
from exchange.jobs.importing import import_files, read_files
from exchange.jobs.run import running
from exchange.llm.connect import Access
from exchange.llm.gate import Gate
from exchange.llm.openai import OpenAIModel
from exchange.llm.spec import parse
from exchange.store.engine import Store, open_store
from exchange.testing import CATALOGUE, Fault, FaultServer, Served
from exchange.testing.answer import counted
from exchange.testing.faults import say
from tests.conftest import ROOT, SHARED
from tests.faults import outside
from tests.faults.documented import ANYTHING_ELSE, BY_KIND, COST, NOTHING, PLACES, TURN, VERDICT, WORST, Left
from tests.faults.outcome import Outcome, Size
from tests.jobs.holding import all_played_by, ignore
from tests.llm.journal import question

_DEADLINE, _SLOW, _GRACE, _LONGEST = 20.0, 1.5, 1.0, 60.0
_AT_ONCE, _ATTEMPTS = 4, 2
# An odd number, so that the kinds of the quick size come at both places.
_EVERY = 5
_CASE = re.compile(r"in case (?P<number>\d+)\.")
_FIRST = re.compile(r"\nTurn \d+, by the (?P<role>\w+)")


@dataclass(frozen=True, kw_only=True)
class _Case:
    """One debate: the fault persists at that place, and spares all others."""

    number: int
    kind: str
    place: str

    @property
    def hypothesis(self) -> str:
        return f"h-{self.number:08x}"

    @property
    def deadline(self) -> float:
        return _SLOW if self.kind.startswith("slow") else _DEADLINE

    @property
    def documented(self) -> Left:
        return BY_KIND.get(self.kind, ANYTHING_ELSE)

    def __str__(self) -> str:
        return f"{self.kind} at a {self.place}"


class _Lent(OpenAIModel):
    """A client that many runs use, since each takes its time to make: no run closes it."""

    async def close(self) -> None:
        """Nothing yet."""

    async def end(self) -> None:
        await super().close()


@dataclass(kw_only=True)
class _Scene:
    """The cases, which of them each call was of, and what each debate ended with."""

    cases: list[_Case]
    asked: dict[int, _Case] = field(default_factory=dict)
    ended: dict[_Case, BaseException | None] = field(default_factory=dict)
    lent: dict[float, _Lent] = field(default_factory=dict)

    def plan(self, number: int, request: dict[str, Any]) -> Fault | None:
        said = "\n".join(str(message["content"]) for message in request["messages"])
        found = _CASE.search(said)
        if found is None:
            raise ValueError("the claim names no case")
        case = self.asked[number] = self.cases[int(found["number"])]
        first = _FIRST.search(said)
        judge = '"credence"' in json.dumps(request["response_format"]) + said.rpartition("\n")[2]
        at = {(False, None): TURN, (True, "critic"): VERDICT}.get((judge, first and first["role"]))
        return CATALOGUE[case.kind] if at == case.place else None

    def connect(self, _: str, access: Access) -> _Lent:
        """The client that was made before: writers of several runs ask at once."""
        return self.lent[access.call_seconds]


def replies(size: Size) -> Iterator[Outcome]:
    """A line for the kinds of the catalogue, and one for texts that are no JSON."""
    pairs = [(kind, place) for kind in CATALOGUE for place in PLACES][:: 1 if size is Size.FULL else _EVERY]
    scene = _Scene(cases=[_Case(number=number, kind=kind, place=place) for number, (kind, place) in enumerate(pairs)])
    with outside.ground(size) as name, patch.dict(os.environ, outside.home(Path(name))):
        yield _matrix(Path(name), scene)
        yield asyncio.run(_no_json())


def _matrix(folder: Path, scene: _Scene) -> Outcome:
    path = folder / "replies.db"
    store = open_store(path, create=True)
    claims = [
        dict(id=case.hypothesis, title=str(case), statement=f"PLIN2 protects in case {case.number}.", targets=["PLIN2"])
        for case in scene.cases
    ]
    (folder / "claims.jsonl").write_text("".join(f"{json.dumps(claim)}\n" for claim in claims))
    import_files(store, read_files([ROOT / "examples", folder / "claims.jsonl"]))
    with FaultServer(faults=scene.plan, tokens=_billed) as server, patch.object(Gate, "pause", _hurry):
        asyncio.run(_all(store, scene, f"openai:tiny@{server.url}"))
    store.close()
    wrong = {case: tuple(_wrong(path, scene, case, server)) for case in scene.cases}
    ends = scene.ended.values()
    return Outcome(
        row="replies",
        counts={
            "kinds": len({case.kind for case in scene.cases}),
            "places": len(PLACES),
            "calls": len(server.log),
            "documented outcomes met": sum(not each for each in wrong.values()),
            "scores from bad replies": sum("a score" in said for each in wrong.values() for said in each),
            "hangs": sum("hung" in said for each in wrong.values() for said in each),
            "uncaught": sum(not isinstance(each, ExchangeError | None) for each in ends),
        },
        broken=(
            *(f"{case}: {said}" for case, each in wrong.items() for said in each),
            *(f"{kind} is not documented" for kind in CATALOGUE if kind not in BY_KIND),
        ),
    )


def _billed(request: dict[str, Any], text: str) -> tuple[int, int]:
    """A server makes and bills no more than it was allowed to."""
    asked, said = counted(request, text)
    return asked, min(said, request["max_tokens"])


async def _hurry(_: Gate, seconds: float) -> None:
    await asyncio.sleep(0)


async def _all(store: Store, scene: _Scene, model: str) -> None:
    places = asyncio.Semaphore(_AT_ONCE)
    scene.lent = {seconds: _Lent(parse(model), None, _AT_ONCE, _DEADLINE, seconds) for seconds in (_DEADLINE, _SLOW)}

    async def hold(case: _Case) -> None:
        limits = {"attempts": _ATTEMPTS, "call_seconds": case.deadline}
        try:
            async with places, asyncio.timeout(_LONGEST):
                chosen = settings(paid_calls=True, limits=limits)
                async with running(store, chosen, connect=scene.connect) as run:
                    heard = Observer(begun=ignore, event=ignore, wait=ignore)
                    await debate(run, case.hypothesis, all_played_by(model), heard)
            scene.ended[case] = None
        except Exception as error:  # noqa: BLE001 # whatever comes is what the row is about
            scene.ended[case] = error

    await asyncio.gather(*map(hold, scene.cases))
    for client in scene.lent.values():
        await client.end()


def _wrong(path: Path, scene: _Scene, case: _Case, server: FaultServer) -> Iterator[str]:
    """Every promise that the case broke."""
    error = scene.ended[case]
    ended, state, scored = case.documented.at(case.place)
    if (type(error).__name__ if error else None) != ended:
        yield f"it ended with {error!r}, and {ended} is documented"
    if isinstance(error, TimeoutError):
        yield "it hung"
    about = (
        f"FROM debate LEFT JOIN score_event ON debate_id = debate.id WHERE debate.hypothesis_id = '{case.hypothesis}'"
    )
    found, event, value = outside.rows(path, f"debate.state, score_event.state, value {about}")[0]
    if (found, event) != (state, scored):
        yield f"the debate is {found} and its score {event}; {state} and {scored} are documented"
    if value is not None and scored != "scored":
        yield f"a score of {value} was stored"
    calls = f"FROM call JOIN debate ON debate.id = debate_id WHERE hypothesis_id = '{case.hypothesis}'"
    here = outside.rows(path, f"DISTINCT call.state, cost IS NULL, cost = 0 {calls} AND place = '{PLACES[case.place]}'")
    if here != [_documented_row(case)]:
        yield f"the ledger has {here}; {_documented_row(case)} is documented"
    yield from _unlike(path, calls, case, [each for each in server.log if scene.asked[each.number] is case])


def _documented_row(case: _Case) -> tuple[str, int, int | None]:
    """A call's state, whether its cost is unknown, and whether it is zero."""
    left = case.documented
    if left.spares_turns and case.place == TURN:
        return "answered", 0, 0
    return left.state, int(left.counted == WORST), {WORST: None, COST: 0, NOTHING: 1}[left.counted]


def _unlike(path: Path, calls: str, case: _Case, served: list[Served]) -> Iterator[str]:
    """How the ledger of one debate and the provider's log differ."""
    seconds = "max((julianday(closed_at) - julianday(opened_at)) * 86400)"
    sums = "sum(call.state != 'failed'), coalesce(sum(cost), 0), sum(coalesce(cost, worst))"
    asked, counted, confirmed, upper, longest = outside.rows(path, f"count(*), {sums}, {seconds} {calls}")[0]
    bought, billed = sum(each.charged for each in served), outside.charged(served)
    if asked != len(served) or counted < bought:
        yield f"{len(served)} calls came in and {bought} were charged; the ledger has {asked}, of which {counted} count"
    if not confirmed - 1e-9 <= billed <= upper + 1e-9:
        yield f"${billed:.6f} were charged; the ledger says ${confirmed:.6f} to ${upper:.6f}"
    if longest > case.deadline + _GRACE:
        yield f"a call hung for {longest:.1f} s"


async def _no_json() -> Outcome:
    """JSONTestSuite's texts that are no JSON, as a judge's reply."""
    source = SHARED / "data" / "hostile" / "bad_json.json"
    found = json.loads(source.read_text()) if source.is_file() else []
    texts = [text for row in found if row["file"].startswith("n_") for text in _decoded(row["b64"])]
    accepted = []
    with FaultServer(faults=lambda number, _: say("no-json", texts[number - 1])) as server:
        model = OpenAIModel(parse(f"openai:tiny@{server.url}"), None, 1, _DEADLINE, _DEADLINE)
        for text in texts:
            reply = await model.attempt(question(), Form.SCHEMA)
            try:
                readings.judgment(reply, rubric_named("mechanism"))
                accepted.append(text)
            except ReplyError:
                continue
        await model.close()
    return Outcome(
        row="replies",
        counts={"texts that are no JSON": len(texts), "accepted": len(accepted), "skipped": int(not texts)},
        broken=tuple(f"{text[:40]!r} was accepted" for text in accepted),
    )


def _decoded(encoded: str) -> Iterator[str]:
    """The text; nothing where it is not UTF-8, and so cannot come as a reply."""
    try:
        yield base64.b64decode(encoded).decode()
    except UnicodeDecodeError:
        return

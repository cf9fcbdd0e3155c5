"""Real debates with a known answer, taken in as debates: what their judges' verdicts are worth before and after."""

import csv
import gzip
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from exchange.domain.debate import Role
from exchange.domain.event import Outcome, Resolution, ScoreEvent
from exchange.jobs.resolving import resolve
from exchange.jobs.transcripts import Opinion, Speech, Transcript, import_transcripts, read_transcripts
from exchange.jobs.verify import verify
from exchange.scoring.measures import intervals, measured
from exchange.store import scores
from exchange.store.engine import Store, open_store
from tests.bench.limits import Limits, figure, row
from tests.bench.panels import DATA

_ORIGIN = "NYU debates on QuALITY stories (Michael et al. 2023)"
_QUOTE = re.compile(r"<quote>(.*?)</quote>", re.DOTALL)
_SIDES = (Role.PROPOSER, Role.CRITIC)
_WIDTHS = (34, 7, 24, 24, 24)
_BRIER = 0.157
Judged = Mapping[str, Sequence[Mapping[str, str]]]


def run(limits: Limits) -> None:
    """Measures the public debates, where they are at hand."""
    debates, verdicts = DATA / "nyu_debate_dev.jsonl.gz", DATA / "nyu_verdicts_dev.csv"
    if debates.exists():
        measure(debates, verdicts, limits)
    else:
        print(f"debates: skipped, for {debates} is not there")


def measure(debates: Path, verdicts: Path, limits: Limits) -> None:
    """Imports the debates with what judges said at every turn, resolves each, verifies all, and prints a table."""
    with tempfile.TemporaryDirectory() as folder:
        held, judged = list(_rows(debates)), _judged(verdicts)
        file = Path(folder) / "held.debates.jsonl"
        file.write_text("".join(f"{_transcript(each, judged).to_json()}\n" for each in held), encoding="utf-8")
        store, begun = open_store(Path(folder) / "exchange.db", create=True), time.perf_counter()
        try:
            transcripts = read_transcripts(file.read_text(encoding="utf-8"), file.name)
            new = import_transcripts(store, transcripts)
            again = import_transcripts(store, transcripts)
            for each, transcript in zip(held, transcripts, strict=True):
                supported = Resolution.SUPPORTED if each["correct"] == 0 else Resolution.REFUTED
                resolve(store, transcript.id, supported, "the story's question, as its authors answer it")
            seconds = time.perf_counter() - begun
            found = verify(store)
            _told(store, transcripts, limits)
        finally:
            store.close()
    print(f"  {new} debates taken in and resolved in {seconds:.1f} s; taken in twice: {again}")
    limits.at_most("things that verify finds broken", len(found.broken), 0)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    yield from map(json.loads, filter(None, text.split("\n")))


def _judged(path: Path) -> Judged:
    found: dict[str, list[Mapping[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for each in csv.DictReader(file):
            found.setdefault(each["item"], []).append(each)
    return found


def _transcript(held: Mapping[str, Any], judged: Judged) -> Transcript:
    """The claim is that the first answer is right; whoever speaks for it is the proposer."""
    spoken = [each["speeches"] for each in held["rounds"] if "speeches" in each]
    heard = [0, *accumulate(len(speeches) for speeches in spoken)]
    return Transcript(
        name=held["id"],
        origin=_ORIGIN,
        title=f"{held['question'].strip()} {held['answers'][0].strip()}",
        turns=tuple(
            Speech(
                role=_SIDES[speech["side"]],
                speaker=held["roles"].get(f"Debater {'AB'[speech['side']]}", "consultant"),
                round=number,
                text=speech["text"],
                quotes=tuple(quote.strip() for quote in _QUOTE.findall(speech["text"])),
            )
            for number, speeches in enumerate(spoken)
            for speech in speeches
        ),
        opinions=tuple(_opinions(judged.get(held["id"], ()), heard)),
    )


def _opinions(rows: Sequence[Mapping[str, str]], heard: Sequence[int]) -> Iterator[Opinion]:
    for each in rows:
        turn = int(each["turn"])
        yield Opinion(
            judge=each["rater"],
            heard=heard[min(turn, len(heard) - 1)],
            p=float(each["p"]),
            final=each["final"] == "1",
            reason=each["rationale"],
        )


def _told(store: Store, transcripts: Sequence[Transcript], limits: Limits) -> None:
    current = scores.current(store)
    events = [current[each.id] for each in transcripts]
    opinions = Counter(
        "final" if said.final else "interim" if said.heard else "prior"
        for each in transcripts
        for said in each.opinions
    )
    print(
        f"debates: {len(events)}, with {sum(len(each.turns) for each in transcripts)} turns and verdicts {dict(opinions)}"
    )
    print(f"  states: {dict(Counter(event.score.state.value for event in events))}")
    print("  " + row(["against the known answer", "debates", "Brier", "AUC", "ECE"], _WIDTHS))
    scored = [event for event in events if event.score.value is not None]
    both = [event for event in scored if event.score.prior is not None]
    _line("score, after the debate", scored, [event.score.value or 0.0 for event in scored])
    _line("prior, where there is one", both, [event.score.prior or 0.0 for event in both])
    _line("score, of the same debates", both, [event.score.value or 0.0 for event in both])
    _line("plain mean of final verdicts", scored, [_mean(event) for event in scored])
    shifts = np.array([event.score.shift for event in both if event.score.shift is not None])
    print(
        f"  debates moved the pooled value by {np.abs(shifts).mean():.3f} on average, to the right answer's side in "
        f"{np.mean([_righted(event) for event in both]):.2f} of {len(both)}"
    )
    limits.at_most(
        "Brier, score",
        float(measured(*_arrays(scored, [event.score.value or 0.0 for event in scored]))["brier"] or 0),
        _BRIER,
    )


def _mean(event: ScoreEvent) -> float:
    return float(np.mean([judge.final for judge in event.score.judges if judge.final is not None]))


def _righted(event: ScoreEvent) -> bool:
    return ((event.score.shift or 0.0) > 0) == (_truth(event.outcome) == 1)


def _truth(outcome: Outcome | None) -> int:
    truth = outcome.resolution.truth if outcome else None
    if truth is None:
        raise AssertionError("every debate of this file has an answer")
    return truth


def _arrays(events: Sequence[ScoreEvent], said: Sequence[float]) -> tuple[Any, Any]:
    return np.array(said), np.array([_truth(event.outcome) for event in events], dtype=np.float64)


def _line(name: str, events: Sequence[ScoreEvent], said: Sequence[float]) -> None:
    if not events:
        return
    p, truth = _arrays(events, said)
    found, around = measured(p, truth), intervals(p, truth)
    cells = [figure(found[each], around[each]) for each in ("brier", "auc", "ece")]
    print("  " + row([name, str(len(events)), *cells], _WIDTHS), flush=True)

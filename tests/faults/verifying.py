"""Whatever is changed in a stored debate, `verify` names it; what is whole, it computes again to the last digit."""

import json
import random
import socket
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from exchange.jobs.verify import Verified, verify
from exchange.store.engine import Store, open_store
from tests.faults.damage import Hand, Row, any_bit, flipped, forged
from tests.faults.outcome import Outcome, Size
from tests.faults.stored import hold

# Debates, flipped bits of what was said, of what it rests on, and rows of each kind that are removed or forged.
_SIZES = {Size.QUICK: (20, 24, 12, 1), Size.FULL: (1_000, 300, 150, 10)}
# A debate's own row is missed only where everything is looked at, which takes its time.
_DEBATES_REMOVED = 2
_SAID = ("turn", "verdict", "score_event")
_CALL = ("question", "reply", "question_digest", "reply_digest", "input_tokens", "output_tokens", "cost")
_UNDER = {"call": _CALL, "debate": ("record", "digest")}


def verifying(size: Size) -> Iterator[Outcome]:
    """A line for all that is whole, one for each kind of damage, and one for all that is whole again."""
    debates, said, under, rows = _SIZES[size]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "exchange.db"
        seconds = hold(path, debates, processes=1 if size is Size.QUICK else 2)
        store, hand, chosen = open_store(path), Hand(path), random.Random(1)
        try:
            yield _whole(store, "everything that is stored", {"debates": debates, "held in s": seconds})
            yield _flips(store, hand, chosen, dict.fromkeys(_SAID, ()), said, "a bit of a turn, verdict or score event")
            yield _flips(store, hand, chosen, _UNDER, under, "a bit of a call or a debate's setup")
            yield _removed(store, hand, chosen, rows)
            yield _forged(store, hand, chosen, rows)
            yield _whole(store, "everything, once all is put back", {})
        finally:
            hand.close()
            store.close()


def _whole(store: Store, what: str, counts: dict[str, Any]) -> Outcome:
    begun = time.monotonic()
    with _sockets() as opened:
        found = verify(store)
    seconds = time.monotonic() - begun
    counts |= {
        "calls": found.calls,
        "score events": found.scores,
        "broken": len(found.broken),
        "sockets": opened.call_count,
        "s": seconds,
        "debates a second": found.debates / seconds,
    }
    broken = [f"{each.where}: {each.why}" for each in found.broken]
    return Outcome(row=f"verify: {what}", counts=counts, broken=(*broken, *["a socket was opened"] * opened.called))


def _flips(
    store: Store, hand: Hand, chosen: random.Random, tables: Mapping[str, Sequence[str]], times: int, what: str
) -> Outcome:
    """Turns over one bit of one value at a time; no columns named are all of the table's."""
    rows, unnoticed = {table: hand.rows(table) for table in tables}, list[str]()
    done, exact = 0, 0
    while done < times:
        row = chosen.choice(rows[chosen.choice(list(tables))])
        column = chosen.choice(tables[row.table] or list(row.values))
        before = row.values[column]
        if before is None or before == "":
            continue
        after = flipped(before, any_bit(chosen))
        try:
            with hand.changed(row, **{column: after}) as damaged:
                # SQLite stores -0.0 as 0: nothing was changed.
                if damaged.values[column] == before:
                    continue
                named = _named(store, row, damaged)
        except sqlite3.IntegrityError:
            continue
        done += 1
        exact += named == 1
        if not named:
            unnoticed.append(f"{row.name}{row.debate}: {column} {str(before)[:60]!r} became {str(after)[:60]!r}")
    counts: dict[str, Any] = {"flips": times, "unnoticed": len(unnoticed), "that row alone was named": exact}
    return Outcome(row=f"verify: {what}", counts=counts, broken=tuple(unnoticed))


def _named(store: Store, *names: Row) -> float:
    """1 where nothing but the row is named, under its old or its new name; 0 where it is not named; else 0.5."""
    found = _verified(store, names[0].debate).broken
    ours = [each for each in found if each.where.startswith(tuple(name.name for name in names))]
    return (bool(ours) + (bool(ours) and len(ours) == len(found))) / 2


def _removed(store: Store, hand: Hand, chosen: random.Random, times: int) -> Outcome:
    """Takes rows away one at a time. Of the last call of all, no number tells that it was there."""
    unnoticed, everything = list[str](), 0
    rows = [row for table in (*_SAID, "call") for row in chosen.sample(hand.rows(table)[:-1], times)]
    rows += chosen.sample(hand.rows("debate"), min(times, _DEBATES_REMOVED))
    for row in rows:
        with hand.removed(row):
            if row.table != "debate" and _verified(store, row.debate).broken:
                continue
            everything += 1
            if not _verified(store, None).broken:
                unnoticed.append(f"{row.name}{row.debate} was removed")
    counts: dict[str, Any] = {"rows": len(rows), "unnoticed": len(unnoticed), "noticed by --all alone": everything}
    return Outcome(row="verify: a row removed", counts=counts, broken=tuple(unnoticed))


def _forged(store: Store, hand: Hand, chosen: random.Random, times: int) -> Outcome:
    """Changes records together with their digests and columns, so that nothing in the row contradicts itself."""
    done, unnoticed = 0, []
    for table in _SAID:
        whole = [row for row in hand.rows(table) if row.values.get("value", row.values.get("credence", 0)) is not None]
        for row in chosen.sample(whole, times):
            for what, forgery in _forgeries(row):
                with hand.changed(row, **forgery) as after:
                    done += 1
                    if not _named(store, row, after):
                        unnoticed.append(f"{row.name}{row.debate}: {what} was forged")
    counts: dict[str, Any] = {"forgeries": done, "unnoticed": len(unnoticed)}
    return Outcome(row="verify: a record forged with its digest", counts=counts, broken=tuple(unnoticed))


def _forgeries(row: Row) -> Iterator[tuple[str, dict[str, Any]]]:
    record = json.loads(row.values["record"])
    if row.table == "turn":
        argument = record["arguments"][0]
        citation = argument["citations"][0] | {"check": "misquoted"}
        yield "its words", _with(record, arguments=[argument | {"text": "The opposite holds."}])
        yield "a check", _with(record, arguments=[argument | {"citations": [citation]}])
        yield "its model", _with(record, model="openai:other") | {"model": "openai:other"}
    elif row.table == "verdict":
        yield "its credence", _with(record, credence=99) | {"credence": 99}
        yield "its reason", _with(record, reason="I was told to.")
        yield (
            "its model",
            _with(record, sitting=record["sitting"] | {"model": "openai:other"}) | {"model": "openai:other"},
        )
    else:
        score = record["score"]
        yield "its value", _with(record, score=score | {"value": score["high"]}) | {"value": score["high"]}
        yield "its interval", _with(record, score=score | {"low": 0.0}) | {"low": 0.0}
        yield "a judge", _with(record, score=score | {"judges": score["judges"][:-1]})
        yield "its basis", _with(record, basis=record["basis"] | {"evidence": "0" * 64})


def _with(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return forged(json.dumps(record | changes, ensure_ascii=False, separators=(",", ":")))


def _verified(store: Store, name: str | None) -> Verified:
    with _sockets() as opened:
        found = verify(store, name)
    if opened.called:
        raise RuntimeError("verify opened a socket")
    return found


@contextmanager
def _sockets() -> Iterator[mock.Mock]:
    """Counts the sockets that are opened, and opens none."""
    with mock.patch.object(socket, "socket") as opened:
        yield opened

"""What an outsider sees: the database through plain sqlite3, beside the provider's own log."""

import hashlib
import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from exchange.jobs.importing import import_files, read_files
from exchange.store.engine import open_store
from exchange.testing import Served
from tests.conftest import ROOT
from tests.faults.outcome import Size

# US dollars for a million tokens in and out, as the harness's prices.toml says.
PRICE_IN, PRICE_OUT = 2.0, 8.0
_ASKED = ("answered", "unknown", "late", "open")


def ground(size: Size) -> tempfile.TemporaryDirectory[str]:
    """A folder to work in: on the disk; in memory for the quick size, where every commit need not wait for the disk."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=memory if size is Size.QUICK and memory.is_dir() else None)


def imported(path: Path, hypotheses: int) -> list[str]:
    """Makes a database with the examples' page and so many claims about PLIN2; their ids."""
    claims = path.with_suffix(".jsonl")
    claims.write_text("\n".join(json.dumps({"title": f"Claim {n}", "targets": ["PLIN2"]}) for n in range(hypotheses)))
    store = open_store(path, create=True)
    import_files(store, read_files([ROOT / "examples" / "pages", claims]))
    store.close()
    return [name for (name,) in rows(path, "id FROM hypothesis ORDER BY title")]


def turns_lost(path: Path) -> int:
    """Turns that a child was told are kept, and that are not stored as it was told."""
    heard = path.with_suffix(".heard")
    stored = {record for (record,) in rows(path, "record FROM turn")}
    # A child that is killed in mid-word has told nothing.
    told = [line for line in heard.read_text().splitlines() if line.endswith("}")] if heard.exists() else []
    return sum(line not in stored for line in told)


def end_state(path: Path) -> list[tuple[Any, ...]]:
    """What debates came to, without the ids and times that differ from run to run."""
    shape = "hypothesis_id, state, stop_reason, (SELECT json_extract(record, '$.score') FROM score_event WHERE debate_id = id)"
    words = "json_remove(record, '$.call') FROM {} JOIN debate ON debate.id = debate_id ORDER BY hypothesis_id"
    return [
        *rows(path, f"{shape} FROM debate ORDER BY hypothesis_id"),
        *rows(path, "hypothesis_id, ordinal, " + words.format("turn").replace("record", "turn.record") + ", ordinal"),
        *rows(
            path,
            "hypothesis_id, seat, "
            + words.format("verdict").replace("record", "verdict.record")
            + ', seat, "when", "order"',
        ),
    ]


def home(folder: Path) -> dict[str, str]:
    """The environment of a run that costs money: settings in the folder, a price for every model."""
    (folder / "exchange.toml").write_text("")
    (folder / "prices.toml").write_text(f'[models]\n"openai:*" = {{ input = {PRICE_IN}, output = {PRICE_OUT} }}\n')
    return {"EXCHANGE_CONFIG": str(folder / "exchange.toml"), "EXCHANGE_PAID_CALLS": "true"}


def rows(path: Path, wanted: str) -> list[tuple[Any, ...]]:
    """What the SQL behind SELECT finds, in a connection of its own."""
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        return connection.execute(f"SELECT {wanted}").fetchall()


def execute(path: Path, sql: str) -> None:
    """Runs the SQL in a connection of its own."""
    with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        connection.execute(sql)


def charged(served: Sequence[Served]) -> float:
    """What the provider bills, in US dollars."""
    billed = [entry for entry in served if entry.charged]
    return sum(_billed(entry) for entry in billed) / 1_000_000


def _billed(entry: Served) -> float:
    """Millionths of a US dollar; what came in a batch costs half."""
    full = entry.input_tokens * PRICE_IN + entry.output_tokens * PRICE_OUT
    return full / 2 if entry.batch else full


def bought_again(served: Sequence[Served]) -> int:
    """How many charged calls put a question that was charged before."""
    return sum(count - 1 for count in Counter(entry.question for entry in served if entry.charged).values())


def broken(path: Path, served: Sequence[Served]) -> Iterator[str]:
    """Every invariant that does not hold once all is done."""
    if rows(path, "* FROM pragma_integrity_check") != [("ok",)]:
        yield "integrity_check found damage"
    if rows(path, "* FROM pragma_foreign_key_check"):
        yield "a row refers to nothing"
    in_ledger = Counter(_body(*row) for row in rows(path, f"model, question, form FROM call WHERE state IN {_ASKED}"))
    missing = Counter(entry.question for entry in served if entry.charged) - in_ledger
    if missing:
        yield f"{missing.total()} charged calls are not in the ledger"
    upper, confirmed = rows(path, "coalesce(sum(coalesce(cost, worst)), 0), coalesce(sum(cost), 0) FROM call")[0]
    if not confirmed - 1e-9 <= charged(served) <= upper + 1e-9:
        yield f"${charged(served):.6f} were charged; the ledger says ${confirmed:.6f} to ${upper:.6f}"
    if rows(path, "1 FROM call WHERE state = 'answered' GROUP BY debate_id, question_digest HAVING count(*) > 1"):
        yield "one question was answered twice"
    if rows(path, "1 FROM call JOIN debate ON debate.id = debate_id WHERE call.epoch > debate.epoch"):
        yield "a call was made under a lease that never was"
    if left := rows(path, "count(*) FROM call WHERE state = 'open'")[0][0]:
        yield f"{left} intents are open though nobody is at work"


def _body(model: str, question: str, form: str) -> str:
    """The digest of the request's body, put together from the ledger as the protocol has it."""
    asked = json.loads(question)
    schema = {"name": asked["schema_name"], "strict": True, "schema": asked["reply_schema"]}
    if form != "json_schema":
        raise ValueError("the harness's servers know schemas")
    body = {
        "model": model.removeprefix("openai:").partition("@")[0],
        "messages": asked["messages"],
        "response_format": {"type": form, "json_schema": schema},
        "max_tokens": asked["max_tokens"],
    }
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

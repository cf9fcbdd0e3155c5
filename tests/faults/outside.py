"""What an outsider sees: the database through plain sqlite3, beside the provider's own log."""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from exchange.testing import Served

# US dollars for a million tokens in and out, as the harness's prices.toml says.
PRICE_IN, PRICE_OUT = 2.0, 8.0
_ASKED = ("answered", "unknown", "late", "open")


def home(folder: Path) -> dict[str, str]:
    """The environment of a run that costs money: settings in the folder, a price for every model."""
    (folder / "exchange.toml").write_text("")
    (folder / "prices.toml").write_text(f'[models]\n"openai:*" = {{ input = {PRICE_IN}, output = {PRICE_OUT} }}\n')
    return {"EXCHANGE_CONFIG": str(folder / "exchange.toml"), "EXCHANGE_PAID_CALLS": "true"}


def rows(path: Path, wanted: str) -> list[tuple[Any, ...]]:
    """What the SQL behind SELECT finds, in a connection of its own."""
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        return connection.execute(f"SELECT {wanted}").fetchall()


def charged(served: Sequence[Served]) -> float:
    """What the provider bills, in US dollars."""
    billed = [entry for entry in served if entry.charged]
    return sum(entry.input_tokens * PRICE_IN + entry.output_tokens * PRICE_OUT for entry in billed) / 1_000_000


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

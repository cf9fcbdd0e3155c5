"""Calls: every question and reply against its digest, and the columns beside them."""

from collections import Counter
from typing import Any

from exchange.domain.calls import Question
from exchange.errors import BrokenDigest
from exchange.jobs.verifying.findings import Findings
from exchange.store.audit import Rows
from exchange.store.ledger import reply_of
from exchange.store.records import read

_ANSWERED = ("answered", "late")


def check(rows: Rows, found: Findings) -> None:
    """Says what is wrong with the debate's calls."""
    attempts = Counter[str]()
    for row in rows.calls:
        where = f"call {row.id} of {rows.debate.id}"
        found.numbered(where, row)
        _question(where, row, found)
        _reply(where, row, found)
        attempts[row.question_digest] += 1
        if row.attempt != attempts[row.question_digest]:
            found.say(where, f"it says that it is attempt {row.attempt}, and is {attempts[row.question_digest]}.")


def _question(where: str, row: Any, found: Findings) -> None:
    try:
        question = read(Question, row.question, "Its question")
    except BrokenDigest as error:
        found.say(where, str(error))
        return
    found.columns(
        where,
        row,
        question_digest=question.digest,
        debate_id=question.debate,
        place=question.place,
        role=question.role.value,
        sitting=question.sitting,
        model=question.model,
        sample=question.sample,
    )


def _reply(where: str, row: Any, found: Findings) -> None:
    if (row.state in _ANSWERED) != (row.reply is not None):
        found.say(where, f"its state is {row.state!r}, and it has {'no' if row.reply is None else 'a'} reply.")
    if (row.reply, row.reply_digest) != (None, None):
        found.columns(where, row, reply_digest=_digest(row))


def _digest(row: Any) -> str:
    try:
        return reply_of(row).digest
    except ValueError:
        return "nothing that a reply can have"

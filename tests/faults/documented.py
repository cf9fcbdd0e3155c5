"""What bad answers leave behind, where they persist: the table that the matrix is held to, and docs/faults.md.

`python -m tests.faults.documented > docs/faults.md` writes the documentation anew.
"""

import sys
from dataclasses import dataclass

TURN, VERDICT = "turn", "verdict"
PLACES = {TURN: "proposer/1", VERDICT: "judge-1/final/critic-first"}
NOTHING, COST, WORST = "nothing", "its cost", "its worst"


@dataclass(frozen=True)
class Left:
    """What the kinds of a group leave behind where they persist; `error` is None where the answer is as good as any."""

    what: str
    error: str | None
    state: str
    counted: str
    kinds: str
    spares_turns: bool = False

    def at(self, place: str) -> tuple[str | None, str, str | None]:
        """What the debate ends with, its state, and the state of its score event, if there is one."""
        if self.error is None or (self.spares_turns and place == TURN):
            return None, "finished", "scored"
        if self.error not in ("ReplyError", "RefusedError", "ContextTooLong"):
            return self.error, "open", None
        return ("DebateFailed", "failed", "failed") if place == TURN else (None, "finished", "insufficient")


DOCUMENTED = (
    Left(
        "an answer that is late, or odd where nothing depends on it",
        None,
        "answered",
        COST,
        "delay finish-missing finish-null finish-unheard-of wrong-content-type fenced-json nul-in-the-reply",
    ),
    Left(
        "an answer whose usage is missing, or that no bill can hold",
        None,
        "answered",
        WORST,
        "usage-null usage-missing usage-huge usage-beyond-64-bits",
    ),
    Left(
        "the server refuses the key",
        "AuthError",
        "failed",
        NOTHING,
        "status-401 status-401-echoing-the-key status-403",
    ),
    Left("the account is empty", "QuotaExhausted", "failed", NOTHING, "status-429-insufficient-quota"),
    Left("the server has no such model", "UnknownModel", "failed", NOTHING, "status-404-model-not-found"),
    Left("the prompt is too long", "ContextTooLong", "failed", NOTHING, "status-400-context-length-exceeded"),
    Left(
        "the server refuses the request (400 and 422: by schema and without), or sends it elsewhere",
        "RequestRefused",
        "failed",
        NOTHING,
        "status-400 status-402 status-413 status-418 status-422 redirect-302 redirect-307",
    ),
    Left(
        "the server is busy",
        "TransientError",
        "failed",
        NOTHING,
        "status-409 status-429 status-429-for-a-moment status-429-for-no-sane-time status-429-until-a-date-long-past",
    ),
    Left(
        "the server asks for a longer pause than limits.longest_wait",
        "Parked",
        "failed",
        NOTHING,
        "status-429-for-a-day",
    ),
    Left(
        "the server failed, or a gateway lost it",
        "TransientError",
        "unknown",
        WORST,
        "status-408 status-500 status-500-with-a-long-message status-502 status-503 status-504 status-529"
        " html-with-502 list-with-500",
    ),
    Left(
        "the connection ended, or the answer had not come by limits.call_seconds",
        "TransientError",
        "unknown",
        WORST,
        "drop-before-charge drop-after-charge drop-in-headers drop-in-body slow-bytes slow-headers",
    ),
    Left(
        "200 with something that is no chat completion",
        "TransientError",
        "unknown",
        WORST,
        "html-with-200 empty-body-with-200 no-content null-completion empty-object list-for-a-completion"
        " error-with-200 choices-missing choices-empty choices-null choices-of-null choices-of-numbers"
        " choices-an-object message-missing message-null message-a-text content-a-number content-a-list"
        " content-an-object usage-a-text usage-of-words usage-of-fractions usage-negative finish-a-number"
        " surrogate-in-the-completion truncated-body deep-body not-utf8 bom-before-the-body"
        " stream-that-nobody-asked-for gzip-that-is-none",
    ),
    Left("more than 8 MB", "TransientError", "unknown", WORST, "big-reply padded-reply"),
    Left(
        "the model declines, or a content filter stops it",
        "RefusedError",
        "answered",
        COST,
        "refusal finish-content-filter",
    ),
    Left(
        "a reply that is cut off, or not exactly the record asked for, twice",
        "ReplyError",
        "answered",
        COST,
        "finish-length finish-tool-calls content-null empty-reply blank-reply prose-for-json null-reply"
        " number-for-a-reply list-for-a-reply json-with-prose-around two-objects cut-reply single-quotes key-twice"
        " key-too-many key-missing bom-before-the-reply surrogate-in-the-reply deep-reply",
    ),
    Left(
        "a verdict whose credence or rating is none, twice",
        "ReplyError",
        "answered",
        COST,
        "credence-nan credence-infinity credence-minus-infinity credence-beyond-floats credence-a-text"
        " credence-in-percent credence-true credence-null credence-negative credence-above-the-scale"
        " credence-a-fraction credence-of-many-digits rating-outside-the-scale rating-a-number rating-null",
        spares_turns=True,
    ),
)
BY_KIND = {kind: left for left in DOCUMENTED for kind in left.kinds.split()}
ANYTHING_ELSE = Left("", "undocumented", "", "", "")


def documentation() -> str:
    """docs/faults.md."""
    head = ("what goes wrong", "error", "ledger", "counted at", "at a turn", "at a final verdict")
    lines = [head, ("---",) * len(head), *map(_line, DOCUMENTED)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    named = "\n".join(
        f"- {left.what}: {', '.join(f'`{kind}`' for kind in sorted(left.kinds.split()))}" for left in DOCUMENTED
    )
    return _DOCUMENT.format(table=table, named=named)


def _line(left: Left) -> tuple[str, ...]:
    at = (_said(left, place) for place in PLACES)
    return left.what, f"`{left.error}`" if left.error else "none", left.state, left.counted, *at


def _said(left: Left, place: str) -> str:
    ended, state, scored = left.at(place)
    if state == "open":
        return f"stops with `{ended}`, can go on"
    return f"fails with `{ended}`, no number" if ended else "goes on" if scored == "scored" else "`Unscored`"


_DOCUMENT = """\
# What each fault leaves behind

Written by `python -m tests.faults.documented > docs/faults.md` from the table that `scripts/faults replies` holds real
debates against, with a server that goes wrong at one place and at every attempt. One judge is the quorum there.

An `answered` call counts at its cost; where its usage is missing, at the most that it may have cost. A `failed` call cost
nothing. Of an `unknown` one nobody can say, so it counts at its worst. A debate that stops stays open: the same command
goes on, and what was answered is not asked again. `Unscored` is a verdict without a number; with too few verdicts left,
the score is *insufficient*. No row of this table gives a number that a good answer would not have given.

{table}

`TransientError` is raised after limits.attempts, `ReplyError` after one more question that names what was wrong. In a
panel a judge that is lost to a `TransientError` is left out where the quorum stands without it.

## The faults by name

They are those of `exchange.testing.CATALOGUE`.

{named}
"""

if __name__ == "__main__":
    sys.stdout.write(documentation())

"""Turns as roles and judges read them."""

from collections.abc import Sequence
from string import ascii_lowercase

from exchange.debate.fence import Fences
from exchange.domain.debate import Check, Turn

NOTHING_YET = "Nothing has been said yet."
FOUND = {
    Check.VERIFIED: "found in the passage",
    Check.MISQUOTED: "NOT in the passage",
    Check.UNQUOTED: "too short to be looked up",
    Check.UNKNOWN: "there is NO such passage",
    Check.UNCHECKED: "not looked up: what is quoted from is not here",
}


def place(ordinal: int) -> str:
    """Where the turn stands, as fences name it."""
    return f"turn {ordinal}"


def transcript(turns: Sequence[Turn], fences: Fences) -> str:
    """Each turn in its fence, and behind it, in our words, what the evidence check found."""
    return joined([_turn(turn, fences) for turn in turns])


def joined(turns: Sequence[str]) -> str:
    """The transcript of turns that were written out one by one."""
    return "\n\n".join(turns) or NOTHING_YET


def _turn(turn: Turn, fences: Fences) -> str:
    answers = f", answering turn {turn.answers}" if turn.answers else ""
    head = f"Turn {turn.ordinal}, by the {turn.role}, round {turn.round}{answers}:"
    spoken = "\n".join(_argument(number, turn) for number in range(len(turn.arguments)))
    return f"{head}\n{fences.around(place(turn.ordinal), spoken)}\n{_checks(turn)}"


def _argument(index: int, turn: Turn) -> str:
    argument = turn.arguments[index]
    cited = "".join(
        f'\n   {index + 1}{letter}. passage {citation.passage}: "{_line(citation.quote)}"'
        for letter, citation in zip(ascii_lowercase, argument.citations, strict=False)
    )
    return f"{index + 1}. {_line(argument.text)}{cited}"


def _line(text: str) -> str:
    """On one line, so that no text can pretend to be the next citation."""
    return " ".join(text.split())


def _checks(turn: Turn) -> str:
    found = [
        f"{index + 1}{letter} {FOUND[citation.check]}"
        for index, argument in enumerate(turn.arguments)
        for letter, citation in zip(ascii_lowercase, argument.citations, strict=False)
    ]
    return f"Evidence check of turn {turn.ordinal}: {'; '.join(found) or 'nothing was cited'}."

"""Untrusted words on one line of Markdown that a host may render with HTML allowed."""

import html
import re
import unicodedata

_UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|~])")


def plain(text: str) -> str:
    """The words on one line, without characters that nobody sees or that XML does not allow."""
    return seen(" ".join(text.split()))


def seen(line: str) -> str:
    """The line as it is, but for those characters."""
    return _UNSEEN.sub("", line)


def short(text: str, longest: int) -> str:
    """The words on one line, cut with an ellipsis where they take more than so many columns."""
    words = plain(text)
    if sum(map(columns, words)) <= longest:
        return words
    taken = 1
    for place, character in enumerate(words):
        taken += columns(character)
        if taken > longest:
            return f"{words[:place].rstrip()}…"
    return words


def columns(character: str) -> int:
    """How many a character takes: two if it is wide, none if it stands on another."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def escaped(text: str) -> str:
    """The same words as neither HTML nor Markdown would take for markup."""
    return _SIGNS.sub(r"\\\1", html.escape(plain(text), quote=False))

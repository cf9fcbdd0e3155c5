"""Scores and untrusted text as a terminal shows them."""

import re
import shlex
from typing import TYPE_CHECKING

from exchange.domain.address import Address, where

if TYPE_CHECKING:
    from exchange.pages.related import RelatedHypothesis

_BREAKS = re.compile("[\t\n\u000b\u000c\r\u001c-\u001e\u0085\u2028\u2029]+")
_CONTROLS = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def tame(text: str) -> str:
    """The text on one line, without characters that steer a terminal or that nobody sees."""
    return _CONTROLS.sub("", _BREAKS.sub(" ", text))


def standing(item: "RelatedHypothesis") -> str:
    """How the hypothesis stands, and its marks, on one line."""
    said = list(item.standing)
    if item.demonstration:
        said.append("· demonstration")
    if item.imported:
        said.append("· imported, not checked here")
    if item.outcome:
        said.append(f"· {item.outcome.resolution}")
    return " ".join(said)


def resume_command(name: str | None, db: str | None) -> str:
    """What to type to go on with a debate, or with all."""
    return " ".join(["exchange resume", *([name] if name else []), *map(shlex.quote, named_database(db))])


def named_database(db: str | None) -> list[str]:
    """The option that names the database again, without the password that may stand in its address."""
    if not db:
        return []
    address = where(db)
    return ["--db", str(address) if isinstance(address, Address) else db]

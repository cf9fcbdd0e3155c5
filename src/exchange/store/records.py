"""Records as rows hold them."""

from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from exchange.domain.identity import text_digest
from exchange.domain.noun import Noun
from exchange.errors import BrokenDigest

_Record = TypeVar("_Record", bound=Noun)
_Text = TypeVar("_Text", str, str | None)


def read(kind: type[_Record], text: str, what: str, expected: str | None = None) -> _Record:
    """The record that a row holds. Raises BrokenDigest where it is not what was stored: `expected` is its digest."""
    _as_stored(text, what, expected)
    try:
        return kind.from_json(text)
    except ValidationError as error:
        raise BrokenDigest(f"{what} can no longer be read: it is not as it was stored.") from error


def fields(text: str, what: str, expected: str) -> dict[str, Any]:
    """The same as plain JSON, for whoever reads a hundred thousand. Raises BrokenDigest."""
    _as_stored(text, what, expected)
    try:
        found: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BrokenDigest(f"{what} can no longer be read: it is not as it was stored.") from error
    return found


def names(text: str) -> tuple[str, ...]:
    """A list of texts, as databases gather them."""
    return tuple(orjson.loads(text))


def storable(text: _Text) -> _Text:
    """What somebody else said, as a database can hold it: no text means NUL, and PostgreSQL has no place for it."""
    return None if text is None else text.replace("\0", "")


def _as_stored(text: str, what: str, expected: str | None) -> None:
    if expected is not None and text_digest(text) != expected:
        raise BrokenDigest(f"{what} was changed after it was stored: its digest does not fit.")

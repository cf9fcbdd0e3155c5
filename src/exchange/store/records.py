"""Records as rows hold them."""

from typing import TypeVar

from pydantic import ValidationError

from exchange.domain.identity import digest
from exchange.domain.noun import Noun
from exchange.errors import BrokenDigest

_Record = TypeVar("_Record", bound=Noun)


def read(kind: type[_Record], text: str, what: str, expected: str | None = None) -> _Record:
    """The record that a row holds. Raises BrokenDigest where it is not what was stored: `expected` is its digest."""
    if expected is not None and digest(text) != expected:
        raise BrokenDigest(f"{what} was changed after it was stored: its digest does not fit.")
    try:
        return kind.from_json(text)
    except ValidationError as error:
        raise BrokenDigest(f"{what} can no longer be read: it is not as it was stored.") from error

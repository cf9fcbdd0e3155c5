"""What the server does with one call: a record, so that a test can name it, count it, and make its own."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

_Value = TypeVar("_Value")


class Way(StrEnum):
    """How an answer goes out.

    `reset` and `unanswered` send nothing, and end the connection with RST and with FIN; the cut ones end it inside what
    is sent; `endless-headers` never comes to the body.
    """

    WHOLE = "whole"
    RESET = "reset"
    UNANSWERED = "unanswered"
    CUT_IN_HEADERS = "cut-in-headers"
    CUT_IN_BODY = "cut-in-body"
    ENDLESS_HEADERS = "endless-headers"
    BYTE_BY_BYTE = "byte-by-byte"


SILENT = frozenset({Way.RESET, Way.UNANSWERED})


def same(value: _Value) -> _Value:
    """The value itself: what a fault does to the parts that it leaves alone."""
    return value


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What becomes of one call.

    `charged` says whether the server counts the work as done and billed. Then there is a good answer, which is spoilt
    in this order: `reword` makes another text of the reply's text, `recast` another JSON value of the whole completion,
    `rebody` other bytes of its JSON. What is not charged has no completion: `rebody` is given no bytes, and makes all
    that is sent.

    `wait` is in seconds, before anything is sent or charged. `headers` stand over the server's own, whose names are
    lower-case. `pace` is in seconds between two bytes, or between two headers. Where `echoes` is true, `{key}` in the
    body becomes the key that the request carried.
    """

    name: str
    charged: bool = True
    wait: float = 0.0
    reword: Callable[[str], str] = same
    recast: Callable[[dict[str, Any]], Any] = same
    rebody: Callable[[bytes], bytes] = same
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    way: Way = Way.WHOLE
    pace: float = 0.0
    echoes: bool = False

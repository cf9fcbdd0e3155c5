"""All that may go wrong with one call, by its name; and how to make more."""

from collections.abc import Mapping
from types import MappingProxyType

from exchange.testing.bodies import BODIES, choices, finish, message, rebody, recast, usage
from exchange.testing.fault import Fault, Way
from exchange.testing.wire import (
    WIRE,
    delay,
    drop_after_charge,
    drop_before_charge,
    drop_in_body,
    drop_in_headers,
    page,
    redirect,
    slow_bytes,
    slow_headers,
    status,
)
from exchange.testing.wordings import WORDINGS, big, credence, deep, padded, rating, reword, say

__all__ = [
    "CATALOGUE",
    "EVERY",
    "Fault",
    "Way",
    "big",
    "choices",
    "credence",
    "deep",
    "delay",
    "drop_after_charge",
    "drop_before_charge",
    "drop_in_body",
    "drop_in_headers",
    "finish",
    "message",
    "padded",
    "page",
    "rating",
    "rebody",
    "recast",
    "redirect",
    "reword",
    "say",
    "slow_bytes",
    "slow_headers",
    "status",
    "usage",
]

EVERY: tuple[Fault, ...] = (*WIRE, *BODIES, *WORDINGS)
"""Every fault that ships, first those of the wire, then of completions, then of replies' texts."""

CATALOGUE: Mapping[str, Fault] = MappingProxyType({each.name: each for each in EVERY})
"""The same, by name."""

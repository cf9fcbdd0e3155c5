"""What becomes of one batch: a record, as `Fault` is of one call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from exchange.testing.fault import Fault, same

Lines = list[bytes]


@dataclass(frozen=True, kw_only=True)
class BatchFault:
    """What becomes of one batch.

    It ends as `ends` says (`completed`, `failed`, `expired`, `cancelled`). The first `share` of its lines (0 to 1) is
    executed, and charged where a line's own fault, by its number from 1 and its request, is none or a charged one. `skips` are the
    numbers of lines that are passed over without a word. `written` makes the lines of the output file others, after all
    was charged; `without_output` leaves that file out. `complaints` are what a failed batch says, `line` among them.
    `counted` says whether the batch tells how many requests it completed.
    """

    name: str
    ends: str = "completed"
    share: float = 1.0
    line: Callable[[int, dict[str, Any]], Fault | None] = lambda *_: None
    skips: frozenset[int] = frozenset()
    written: Callable[[Lines], Lines] = same
    without_output: bool = False
    complaints: tuple[dict[str, Any], ...] = ()
    counted: bool = True


def _shuffled(lines: Lines) -> Lines:
    """Another order, the same each time."""
    return [*lines[1::2], *lines[::2]][::-1]


def _with_a_stranger(lines: Lines) -> Lines:
    stranger = (
        b'{"custom_id": "call-0-0000000000000000", "response": {"status_code": 200, "body": {}}, "error": null}\n'
    )
    return [stranger, *lines]


def _cut(lines: Lines) -> Lines:
    """The last line ends in its middle."""
    return [*lines[:-1], lines[-1][: len(lines[-1]) // 2]] if lines else lines


def _with_nonsense(lines: Lines) -> Lines:
    """A line of no meaning, beside the good ones."""
    return [*lines, b"{nonsense\n", b"\xff\xfe\n", b"[]\n"]


EVERY_BATCH: tuple[BatchFault, ...] = (
    BatchFault(name="good"),
    BatchFault(name="shuffled", written=_shuffled),
    BatchFault(name="duplicated", written=lambda lines: [*lines, *lines]),
    BatchFault(name="missing", skips=frozenset({1, 3})),
    BatchFault(name="lost-after-charge", written=lambda lines: lines[1:]),
    BatchFault(name="stranger", written=_with_a_stranger),
    BatchFault(name="cut", written=_cut),
    BatchFault(name="nonsense", written=_with_nonsense),
    BatchFault(name="without-output", share=0.0, without_output=True),
    BatchFault(name="without-output-after-charge", without_output=True),
    BatchFault(name="uncounted", counted=False, written=lambda lines: lines[1:]),
    BatchFault(name="expired-half", ends="expired", share=0.5),
    BatchFault(name="expired-whole", ends="expired", share=0.0),
    BatchFault(name="cancelled-half", ends="cancelled", share=0.5),
    BatchFault(
        name="failed-line",
        ends="failed",
        share=0.0,
        complaints=({"code": "invalid_request", "message": "The line is none.", "line": 1},),
    ),
    BatchFault(
        name="failed-whole", ends="failed", share=0.0, complaints=({"code": "invalid_file", "message": "No JSONL."},)
    ),
    BatchFault(
        name="failed-full",
        ends="failed",
        share=0.0,
        complaints=({"code": "token_limit_exceeded", "message": "Enqueued token limit reached."},),
    ),
)
"""Every fault of a batch that ships; the first is none."""

BATCHES: Mapping[str, BatchFault] = MappingProxyType({each.name: each for each in EVERY_BATCH})
"""The same, by name."""

"""A history as a small plot of characters, which reads without colour."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from rich.cells import cell_len
from rich.text import Text

from exchange.cli.words import tame
from exchange.domain.bands import Bands
from exchange.pages.history import History, HistoryEvent, Kind

ROWS = 10
NARROWEST, WIDEST = 2, 8
SIGNS = {
    Kind.SCORE: "●",
    Kind.CONTESTED: "◆",
    Kind.DEMONSTRATION: "□",
    Kind.IMPORTED: "+",
    Kind.NOISE: "○",
    Kind.DEMONSTRATION_NOISE: "▫",
    Kind.OUTCOME: "★",
    Kind.NONE: "×",
}
_BAR, _DASHED = ("│", "╷", "╵"), ("╎", "╷", "╵")
_AXIS = -1
_UNBROKEN = "\N{NO-BREAK SPACE}"
_Cells = dict[tuple[int, int], tuple[str, str]]


def chart(history: History, table: Bands, width: int) -> Iterator[Text]:
    """The plot, line by line, in `width` columns; a row is a tenth of the score, the latest event is on the right.

    The events that have no place are the earliest, and it is said how many they are.
    """
    gutters = _gutters(table)
    indent = cell_len(gutters[0])
    room = max(width - indent, NARROWEST)
    shown = history.events[-(room // NARROWEST) :]
    slot = min(room // len(shown), WIDEST)
    columns = {event.number: slot * place + slot // 2 for place, event in enumerate(shown)}
    drawn = slot * len(shown)
    cells = _cells(history.events, columns, drawn)
    for row in reversed(range(ROWS)):
        yield _line(gutters[row], row, cells, drawn)
    yield _line(f"{'└':>{indent}}", _AXIS, cells, drawn, "─")
    yield from map(Text, _below(shown, columns, indent, drawn))
    for line in textwrap.wrap(_legend(shown), width, break_on_hyphens=False):
        yield Text(line.replace(_UNBROKEN, " "))
    if len(shown) < len(history.events):
        yield Text(_left_out(len(history.events) - len(shown), history))


def _gutters(table: Bands) -> list[str]:
    """What stands left of each row, lowest first: the band's symbol, where a row begins, the band's word where it does."""
    words = {_row(band.low): tame(band.word) for band in table.bands}
    labels = [f"{words.get(row, '')} {tame(table.of((row + 0.5) / ROWS).symbol)}" for row in range(ROWS)]
    widest = max(map(cell_len, labels))
    return [f"{' ' * (widest - cell_len(label))}{label} {row / ROWS:.1f} │" for row, label in enumerate(labels)]


def _row(value: float) -> int:
    return min(int(value * ROWS), ROWS - 1)


def _cells(events: Sequence[HistoryEvent], columns: dict[int, int], width: int) -> _Cells:
    """What stands where: the line of the current score, over it the intervals, over them the marks."""
    cells = dict.fromkeys(_standing(events, columns, width), ("·", "dim"))
    for event in events[-len(columns) :]:
        column, style = columns[event.number], "dim" if event.within_noise else ""
        cells |= {(row, column): (sign, style) for row, sign in _interval(event)}
        row = _AXIS if event.value is None else _row(event.value)
        cells[row, column] = (SIGNS[event.kind], style or ("bold" if event.current else ""))
    return cells


def _standing(events: Sequence[HistoryEvent], columns: dict[int, int], width: int) -> Iterator[tuple[int, int]]:
    """The cells from each event that became the current one to the next; what is left out is left of the plot."""
    stood = [event for event in events if event.stood]
    ends = [*(columns.get(event.number, 0) for event in stood[1:]), width]
    for event, end in zip(stood, ends, strict=True):
        if event.value is not None:
            yield from ((_row(event.value), column) for column in range(columns.get(event.number, 0), end))


def _interval(event: HistoryEvent) -> Iterator[tuple[int, str]]:
    """The rows of the interval's bar, whose ends may fill the upper or the lower half of theirs."""
    if event.low is None or event.high is None:
        return
    full, lower, upper = _DASHED if event.demonstration else _BAR
    lowest, highest = (min(int(end * 2 * ROWS), 2 * ROWS - 1) for end in (event.low, event.high))
    for row in range(lowest // 2, highest // 2 + 1):
        has_lower, has_upper = lowest <= 2 * row, highest > 2 * row
        yield row, full if has_lower and has_upper else lower if has_lower else upper


def _line(gutter: str, row: int, cells: _Cells, width: int, blank: str = " ") -> Text:
    line = Text(gutter)
    found = (cells.get((row, column), (blank, "")) for column in range(width))
    for style, run in groupby(found, key=itemgetter(1)):
        line.append("".join(sign for sign, _ in run), style)
    line.rstrip()
    return line


def _below(shown: Sequence[HistoryEvent], columns: dict[int, int], indent: int, width: int) -> Iterator[str]:
    """Under the axis: an arrow to the current event, and the days of the first and the last."""
    for event in shown:
        if event.current:
            yield " " * (indent + columns[event.number]) + "↑"
    first, last = shown[0].at[:10], shown[-1].at[:10]
    between = width - len(first) - len(last)
    yield " " * indent + first + ("" if first == last else (" " * between if between > 0 else " – ") + last)


def _legend(shown: Sequence[HistoryEvent]) -> str:
    kinds = {event.kind for event in shown}
    barred = {event.demonstration for event in shown if event.low is not None}
    told = {
        **{f"{sign} {kind}": kind in kinds for kind, sign in SIGNS.items()},
        f"{_BAR[0]} interval": False in barred,
        f"{_DASHED[0]} interval of a demonstration": True in barred,
        "· the current score": any(event.stood and event.value is not None for event in shown),
        "↑ the current event": any(event.current for event in shown),
    }
    return "  ".join(each.replace(" ", _UNBROKEN) for each, holds in told.items() if holds)


def _left_out(count: int, history: History) -> str:
    current = ", the current one among them" if any(event.current for event in history.events[:count]) else ""
    return f"The {count} earliest of {len(history.events)} events are left out{current}."

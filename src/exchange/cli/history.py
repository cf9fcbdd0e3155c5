"""`exchange history`."""

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exchange.cli.chart import chart
from exchange.cli.words import tame
from exchange.cli.writing import write
from exchange.config import bands, settings
from exchange.domain.identity import hypothesis_id
from exchange.jobs.history import history
from exchange.pages.history import History, HistoryEvent
from exchange.store.engine import open_store

# Wider than any line: what is piped is neither wrapped nor cut.
_UNBOUNDED = 1_000_000
_PLOT = 80
_ROOMY = 100
_COLUMNS = ("when (UTC)", "score (interval)", "band", "cause", "change", "marks")
_LEAST_CHANGE = 0.005


def run(name: str, svg: Path | None, db: str | None, json: bool) -> None:
    """Prints the score events and a plot of them; writes the plot to `svg` too, and says so on stderr."""
    store = open_store(settings(db=db).database)
    try:
        seen = history(store, hypothesis_id(name))
    finally:
        store.close()
    if svg:
        from exchange.pages.render.plots import history_svg  # it loads numpy, which nothing else here needs

        write(svg, history_svg(seen, bands()))
    if json:
        print(seen.model_dump_json(indent=2))
    else:
        _print(seen)
    if svg:
        print(f"The plot is written to {svg}.", file=sys.stderr)


def _print(seen: History) -> None:
    print(tame(f"{seen.hypothesis}  {seen.title}"))
    if not seen.events:
        print(
            f"No score event: it was neither debated nor given a score. `exchange debate {seen.hypothesis}` debates it."
        )
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _UNBOUNDED)
    _put(console, table(seen, console.width))
    _put(console, *chart(seen, bands(), min(console.width, _PLOT)))


def _put(console: Console, *what: Table | Text) -> None:
    """Prints it below a blank line, without the blanks that would fill its lines up."""
    with console.capture() as caught:
        console.print(*what, sep="\n")
    print()
    for line in caught.get().splitlines():
        print(line.rstrip())


def table(seen: History, width: int) -> Table:
    """A row for each event, oldest first; in a narrow terminal the last columns are one, whose words have room."""
    rows: list[tuple[str, ...]] = [_COLUMNS, *map(_cells, seen.events)]
    if width < _ROOMY:
        rows = [(when, score, " · ".join(filter(None, rest))) for when, score, *rest in rows]
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in rows[0]:
        made.add_column(title, overflow="fold")
    for event, row in zip(seen.events, rows[1:], strict=True):
        made.add_row(*(Text(tame(cell)) for cell in row), style="bold" if event.current else "")
    return made


def _cells(event: HistoryEvent) -> tuple[str, ...]:
    when = event.at[:16].replace("T", " ")
    return when, event.score, event.place, event.cause, changed(event), " · ".join(event.marks)


def changed(event: HistoryEvent) -> str:
    """The change and its parts: `+0.12: new judge or model +0.10, new policy +0.02`; empty where there is none."""
    if event.change is None:
        return ""
    parts = [f"{' and '.join(share.causes)} {_signed(share.change)}" for share in event.shares]
    told = f": {', '.join(parts)}" if [share.causes for share in event.shares] != [(event.cause,)] and parts else ""
    return f"{_signed(event.change)}{told}"


def _signed(change: float) -> str:
    return f"{change:+.2f}" if abs(change) >= _LEAST_CHANGE else "±0.00"

"""A history as a plot: every score event in its order, with its interval, over the bands."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

from exchange.domain.bands import Bands
from exchange.pages.history import History, HistoryEvent, Kind
from exchange.pages.render.escape import plain
from exchange.pages.render.svg import INK, QUIET, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE = (9.0, 4.8)  # inches, of 72 points each
_AXES = (0.075, 0.13, 0.815, 0.63)
_SMALL = (9.0, 3.0), (0.075, 0.2, 0.815, 0.6)
_TICKS = 8
_ROOMY = 50  # events that marks of full size leave room for
_NO_EVENT = "There is no score event yet."
_PLAIN, _FAINT = dict(color=INK, linewidth=1.8), dict(color=QUIET, linewidth=1.0)
_DASHES = (0, (2, 1.2))
_MARKS: dict[Kind, dict[str, Any]] = {
    Kind.SCORE: dict(marker="o", markersize=7),
    Kind.CONTESTED: dict(marker="D", markersize=7),
    Kind.DEMONSTRATION: dict(marker="s", markersize=7, markerfacecolor="white"),
    Kind.IMPORTED: dict(marker="P", markersize=9),
    Kind.NOISE: dict(marker="o", markersize=5, markerfacecolor="white", color=QUIET),
    Kind.DEMONSTRATION_NOISE: dict(marker="s", markersize=5, markerfacecolor="white", color=QUIET),
    Kind.OUTCOME: dict(marker="*", markersize=13),
    Kind.NONE: dict(marker="x", markersize=8, markeredgewidth=2),
}


def history_svg(history: History, table: Bands) -> str:
    """The plot as SVG. Events stand at equal distances, oldest first, whatever the time between them."""
    now = f"Current: {_in_words(history.current)}" if history.current else _NO_EVENT
    return svg(lambda: _figure(history.events, table), f"{history.hypothesis}: {history.title}", now, _told(history))


def small_history_svg(history: History, table: Bands) -> str:
    """The same without its titles, and lower: for a page that tells both."""
    return svg(lambda: _figure(history.events, table, *_SMALL), "Score over time", "", _told(history), titled=False)


def _told(history: History) -> str:
    if not history.current:
        return _NO_EVENT
    first, last = history.events[0].at[:10], history.events[-1].at[:10]
    count = len(history.events)
    span = f"1 score event, of {first}" if count == 1 else f"{count} score events, from {first} to {last}"
    return f"{span}. The current score: {_in_words(history.current)}."


def _in_words(event: HistoryEvent) -> str:
    return " · ".join(filter(None, (event.score, event.place, *(mark for mark in event.marks if mark != "current"))))


def _figure(
    events: Sequence[HistoryEvent],
    table: Bands,
    size: tuple[float, float] = _SIZE,
    area: tuple[float, float, float, float] = _AXES,
) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=size)
    axes = figure.add_axes(area)
    axes.set(xlim=_ends(events), ylim=(0, 1), xlabel="score events, oldest first", ylabel="score and its interval")
    axes.spines[["top", "right"]].set_visible(False)
    _bands(axes, table)
    _days(axes, events)
    if events:
        _standing(axes, events)
        _intervals(axes, events)
        _marks(axes, events)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.01), ncols=5, frameon=False, borderaxespad=0, fontsize=8.5)
    return figure


def _ends(events: Sequence[HistoryEvent]) -> tuple[float, float]:
    """The ends of the axis, with room for the marks of the first and the last event."""
    room = max(0.5, 0.02 * len(events))
    return -room, max(len(events) - 1, 0) + room


def _bands(axes: "Axes", table: Bands) -> None:
    edges = [*table.edges.values(), 1.0]
    for band, (low, high) in zip(table.bands, pairwise(edges), strict=True):
        axes.axhspan(low, high, color=band.colour, alpha=0.22, linewidth=0)
        axes.axhline(low, color=QUIET, linewidth=0.6, linestyle=(0, (1, 2)))
        axes.text(
            1.01,
            (low + high) / 2,
            f"{plain(band.symbol)} {plain(band.word)}",
            transform=axes.get_yaxis_transform(),
            verticalalignment="center",
        )
    axes.set_yticks(edges, [f"{edge:.2f}" for edge in edges])
    axes.set_yticks([tenth / 10 for tenth in range(11)], minor=True)


def _days(axes: "Axes", events: Sequence[HistoryEvent]) -> None:
    """The days of the last event and of others at equal distances, with the time where a day stands there twice."""
    places = range(len(events))[:: -ceil(len(events) / _TICKS) or -1]
    days = [events[place].at[:10] for place in places]
    times = [f"\n{events[place].at[11:16]}" if len(set(days)) < len(days) else "" for place in places]
    axes.set_xticks(places, [f"{day}{time}" for day, time in zip(days, times, strict=True)])


def _standing(axes: "Axes", events: Sequence[HistoryEvent]) -> None:
    """The line of the current score, from each event that it changed with to the next; none where it is no number."""
    stood = [(place, event.value) for place, event in enumerate(events) if event.stood]
    ends = [*(place for place, _ in stood[1:]), _ends(events)[1]]
    steps = [(place, end, value) for (place, value), end in zip(stood, ends, strict=True) if value is not None]
    if steps:
        starts, stops, values = zip(*steps, strict=True)
        axes.hlines(values, starts, stops, color=QUIET, linewidth=1.4, label="current score")


def _intervals(axes: "Axes", events: Sequence[HistoryEvent]) -> None:
    for place, event in enumerate(events):
        if event.low is not None and event.high is not None:
            style: dict[str, Any] = dict(_FAINT if event.within_noise else _PLAIN)
            style["linewidth"] *= _scale(events)
            dashes = _DASHES if event.demonstration else "solid"
            axes.plot([place, place], [event.low, event.high], **style, linestyle=dashes, solid_capstyle="butt")


def _marks(axes: "Axes", events: Sequence[HistoryEvent]) -> None:
    """Each kind with its shape; what has no number stands on the axis, and the current event in a ring."""
    for kind, style in _MARKS.items():
        found = [(place, event.value or 0.0) for place, event in enumerate(events) if event.kind is kind]
        if found:
            _put(axes, found, label=str(kind), **style | {"markersize": style["markersize"] * _scale(events)})
    ringed = [(place, event.value or 0.0) for place, event in enumerate(events) if event.current]
    _put(axes, ringed, label="current event", marker="o", markersize=15, markerfacecolor="none")


def _put(axes: "Axes", points: Sequence[tuple[int, float]], **style: Any) -> None:
    places, values = zip(*points, strict=True)
    every: dict[str, Any] = dict(color=INK, linestyle="none", clip_on=False, zorder=3)
    axes.plot(places, values, **every | style)


def _scale(events: Sequence[HistoryEvent]) -> float:
    """Many marks are smaller."""
    return max(min(1.0, sqrt(_ROOMY / len(events))), 0.4)

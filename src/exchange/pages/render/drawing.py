"""A tear-sheet as one drawing of A4."""

from collections.abc import Iterator
from xml.etree import ElementTree

from exchange.config import bands
from exchange.pages import words
from exchange.pages.render import sheet as shown
from exchange.pages.render.escape import columns, plain, short
from exchange.pages.render.plots import small_history_svg
from exchange.pages.render.radar import radar_svg
from exchange.pages.render.svg import FONT, INK, QUIET, element, part
from exchange.pages.tearsheet import Cited, Point, TearSheet

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 32  # points: A4
_FIGURE, _PLOT = (250, 187), (531, 177)
_EACH = 0.52  # of a character's size is its usual width


def sheet_svg(sheet: TearSheet) -> str:
    """The same as the page in HTML, with nothing in it that refers to elsewhere."""
    return _Page(sheet).drawn()


class _Page:
    """The drawing, filled from top to bottom; `_y` is where the next line stands."""

    def __init__(self, sheet: TearSheet) -> None:
        self._sheet = sheet
        self._y = float(_MARGIN)
        size = {"width": f"{_WIDTH}pt", "height": f"{_HEIGHT}pt", "viewBox": f"0 0 {_WIDTH} {_HEIGHT}"}
        self._root = element("svg", "", role="img", **size)
        self._root.append(element("title", plain(sheet.standing.title)))
        self._root.append(element("rect", "", width=str(_WIDTH), height=str(_HEIGHT), fill="#ffffff"))

    def drawn(self) -> str:
        self._head()
        self._criteria()
        self._heading("Score over time")
        self._figure(small_history_svg(self._sheet.history, bands()), "plot", _PLOT)
        self._y += _PLOT[1]
        self._citations()
        self._points()
        return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(self._root, encoding="unicode")}\n'

    def _head(self) -> None:
        sheet, item = self._sheet, self._sheet.standing
        self._text(short(item.title, 120), 14, bold=True)
        if sheet.claim != item.title:
            self._text(short(sheet.claim, 220), 9)
        self._text(" · ".join([" ".join(item.standing), *item.said, *_targets(item.targets)]), 10, bold=True)
        if item.caution:
            self._text(short(item.caution, 200), 8, bold=True)
        if item.outcome:
            self._text(short(words.outcome(item.outcome), 160), 8, bold=True)
        self._text(" · ".join(self._origin()), 8, quiet=True)

    def _origin(self) -> Iterator[str]:
        item, shift = self._sheet.standing, shown.shift(self._sheet)
        yield item.id
        if item.debate:
            yield f"{words.NOT_CURATED}: debate {item.debate}{self._place()}"
        if item.at:
            yield item.at[:10]
        if shift:
            yield f"before the debate {shift[0]}, after it {shift[1]}: moved by {shift[2]}"

    def _place(self) -> str:
        """The debate's address, written out, where the wiki has one."""
        url = self._sheet.standing.debate_url or ""
        return f", {short(url, 120)}" if "://" in url else ""

    def _criteria(self) -> None:
        """The radar on the left, and on the right the judges."""
        score = self._sheet.score
        if not score or not score.criteria:
            return
        self._heading("Criteria, and judges before and after")
        top = self._y
        self._figure(radar_svg(score.criteria), "radar", _FIGURE)
        for each in shown.judges(self._sheet):
            before, after = ("–" if value is None else f"{value:.2f}" for value in (each.prior, each.final))
            self._text(f"{each.seat} ({short(each.model, 60)}): {before} → {after}", 8, left=_MARGIN + _FIGURE[0] + 12)
        self._y = top + _FIGURE[1]

    def _citations(self) -> None:
        """For on the left, against on the right."""
        sheet = self._sheet
        if not sheet.pro and not sheet.con:
            return
        top, half, ends = self._y, (_WIDTH - 2 * _MARGIN) / 2, []
        for column, (name, citations) in enumerate((("for", sheet.pro), ("against", sheet.con))):
            self._y, left = top, _MARGIN + column * (half + 6)
            self._heading(f"Best citations {name}", left)
            for each in citations:
                self._cited(each, left, half - 6)
            if not citations:
                self._text("None.", 8, left=left)
            ends.append(self._y)
        self._y = max(ends)

    def _cited(self, each: Cited, left: float, width: float) -> None:
        self._text(f"“{short(each.quote, 130)}”", 8, left=left, width=width)
        self._text(f"{each.check} · {short(shown.source(each), 90)}", 7, left=left, width=width, quiet=True)

    def _points(self) -> None:
        if self._sheet.points:
            self._heading("What would change it")
        for point in self._sheet.points[: shown.MOST_POINTS]:
            self._text(f"• {_sentence(point)}", 8)

    def _heading(self, text: str, left: float = _MARGIN) -> None:
        self._y += 5
        self._text(text, 10, bold=True, left=left)
        self._y += 3

    def _text(
        self,
        text: str,
        size: int,
        *,
        left: float = _MARGIN,
        width: float | None = None,
        bold: bool = False,
        quiet: bool = False,
    ) -> None:
        font = {"font-size": str(size), "font-family": FONT, "font-weight": "bold" if bold else "normal"}
        room = (width or _WIDTH - _MARGIN - left) / (size * (_EACH * 1.12 if bold else _EACH))
        for line in wrapped(plain(text), int(room)):
            self._y += size * 1.3
            place = {"x": f"{left:g}", "y": f"{self._y:.1f}", "fill": QUIET if quiet else INK}
            self._root.append(element("text", line, **place, **font))

    def _figure(self, drawn: str, prefix: str, size: tuple[int, int]) -> None:
        figure = part(drawn, prefix)
        place = {"x": str(_MARGIN), "y": f"{self._y:.1f}", "width": str(size[0]), "height": str(size[1])}
        figure.attrib.update(place)
        self._root.append(figure)


def wrapped(text: str, room: int) -> Iterator[str]:
    """Lines of at most `room` columns, of which wide characters take two; words that are longer are broken."""
    line, taken = "", 0
    for word in text.split(" "):
        wide = sum(map(columns, word))
        if line and taken + wide >= room:
            yield line
            line, taken = "", 0
        line, taken = (f"{line} {word}", taken + 1 + wide) if line else (word, wide)
        while taken > room:
            head, line = _broken(line, room)
            taken = sum(map(columns, line))
            yield head
    if line:
        yield line


def _broken(line: str, room: int) -> tuple[str, str]:
    taken = 0
    for place, character in enumerate(line):
        taken += columns(character)
        if taken > room and place:
            return line[:place], line[place:]
    return line, ""


def _targets(names: tuple[str, ...]) -> list[str]:
    return [f"target {short(', '.join(names), 80)}"] if names else []


def _sentence(point: Point) -> str:
    said = "; ".join(f"“{short(what, 100)}” ({who})" for who, what in point.said)
    return f"{short(point.text, 120)} {said}".strip()

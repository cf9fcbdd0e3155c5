"""Provenance as a picture: columns from what is shown to what it comes from, drawn without a plotting library."""

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from exchange.pages.provenance import Edge, Kind, Node, Provenance, Relation
from exchange.pages.render.escape import plain

_COLUMNS = tuple(Kind)[:7]
_FILLS = ("#e8e8ee", "#dbe9fb", "#ffe9b8", "#e6dcf7", "#d5efdc", "#fde0d5", "#e8e8ee")
_INK, _QUIET, _LINE = "#1b1b1f", "#5f5f6a", "#8a8a96"
_FONT = "'DejaVu Sans', sans-serif"
_TALLEST = 16  # boxes in a column
_WIDTH, _HEIGHT, _GAP, _BETWEEN, _MARGIN, _HEAD = 210, 36, 12, 70, 16, 84
_FOUND = (None, "verified")


def graph_svg(told: Provenance) -> str:
    """The picture as SVG, the same bytes for the same graph. A column of more than 16 boxes ends in one for all others.

    A box names its model and call; lines join neighbouring columns, dashed for a quote that was not found in its passage.
    """
    columns = [column for column in (_column(told, kind) for kind in _COLUMNS) if column]
    places = {name: (x, y) for x, column in enumerate(columns) for y, box in enumerate(column) for name in box.names}
    tallest = max(map(len, columns))
    width = 2 * _MARGIN + len(columns) * (_WIDTH + _BETWEEN) - _BETWEEN
    height = _HEAD + tallest * (_HEIGHT + _GAP) + 2 * _MARGIN
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", role="img", viewBox=f"0 0 {width} {height}")
    root.attrib |= {"width": str(width), "height": str(height)}
    SubElement(root, "title").text = f"What {plain(told.about)} rests on: {plain(told.title)}"
    SubElement(root, "desc").text = _in_words(told)
    SubElement(root, "rect", width=str(width), height=str(height), fill="#ffffff")
    _text(root, _MARGIN, _MARGIN + 10, f"What {plain(told.about)} rests on: {plain(told.title)}", weight="bold")
    _text(root, _MARGIN, _MARGIN + 28, "Dashed: a quote that was not found in its passage.", colour=_QUIET)
    for path in _paths(told, places):
        SubElement(root, "path", path)
    for x, column in enumerate(columns):
        _text(root, _left(x), _HEAD - 10, f"{column[0].kind} ({_count(told, column[0].kind)})", weight="bold")
        for y, box in enumerate(column):
            box.draw(root, _left(x), _top(y))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


class _Box:
    """One node, or the last ones of a column together."""

    def __init__(self, kind: Kind, names: tuple[str, ...], lines: tuple[str, str], hint: str) -> None:
        self.kind, self.names, self.lines, self.hint = kind, names, lines, hint

    def draw(self, root: Element, x: int, y: int) -> None:
        """Words that do not fit are cut at the box's edge; the whole stands in its title."""
        inside = SubElement(root, "svg", x=str(x), y=str(y), width=str(_WIDTH), height=str(_HEIGHT))
        SubElement(inside, "title").text = plain(self.hint)
        size = {"x": "0.5", "y": "0.5", "width": str(_WIDTH - 1), "height": str(_HEIGHT - 1), "rx": "5"}
        SubElement(inside, "rect", size | {"fill": _FILLS[_COLUMNS.index(self.kind)], "stroke": _LINE})
        _text(inside, 8, 15, self.lines[0])
        _text(inside, 8, 29, self.lines[1], size=9, colour=_QUIET)


def _column(told: Provenance, kind: Kind) -> list[_Box]:
    nodes = [node for node in told.nodes if node.kind is kind]
    kept = nodes if len(nodes) <= _TALLEST else nodes[: _TALLEST - 1]
    boxes = [_Box(kind, (node.id,), (node.label, _below(told, node)), f"{node.label} · {node.id}") for node in kept]
    if rest := nodes[len(kept) :]:
        names = tuple(node.id for node in rest)
        boxes.append(_Box(kind, names, (f"and {len(rest)} more", "all are in the PROV-JSON"), ", ".join(names)))
    return boxes


def _below(told: Provenance, node: Node) -> str:
    """What a turn or verdict was made by; else where the node is found."""
    made = next((e.target for e in told.edges if e.source == node.id and e.relation is Relation.GENERATED), None)
    by = [each.label for each in told.nodes if each.id == made and each.kind is Kind.CALL]
    model = node.said.get("model")
    return " · ".join([*by, str(model)]) if model else node.id


def _paths(told: Provenance, places: dict[str, tuple[int, int]]) -> Iterator[dict[str, str]]:
    """A line for each pair of boxes of neighbouring columns, once."""
    drawn: dict[tuple[tuple[int, int], tuple[int, int]], bool] = {}
    for edge in told.edges:
        ends = _ends(edge, places)
        if ends:
            drawn[ends] = drawn.get(ends, False) or edge.said in _FOUND
    for (start, end), sound in drawn.items():
        (x1, y1), (x2, y2) = _middle(*start), _middle(*end)
        x1, bend = x1 + _WIDTH, x1 + _WIDTH + _BETWEEN // 2
        line = {"d": f"M {x1} {y1} C {bend} {y1} {bend} {y2} {x2} {y2}", "fill": "none", "stroke": _LINE}
        yield line if sound else line | {"stroke-dasharray": "4 3"}


def _ends(edge: Edge, places: dict[str, tuple[int, int]]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """From left to right; None where the two are no neighbours."""
    if edge.relation is not Relation.DERIVED or edge.source not in places or edge.target not in places:
        return None
    left, right = sorted((places[edge.source], places[edge.target]))
    return (left, right) if right[0] - left[0] == 1 else None


def _in_words(told: Provenance) -> str:
    counts = [f"{kind}: {_count(told, kind)}" for kind in Kind if _count(told, kind)]
    return f"{'; '.join(counts)}. Lines lead from what is shown to what it comes from."


def _count(told: Provenance, kind: Kind) -> int:
    return sum(node.kind is kind for node in told.nodes)


def _left(x: int) -> int:
    return _MARGIN + x * (_WIDTH + _BETWEEN)


def _top(y: int) -> int:
    return _HEAD + y * (_HEIGHT + _GAP)


def _middle(x: int, y: int) -> tuple[int, int]:
    return _left(x), _top(y) + _HEIGHT // 2


def _text(
    parent: Element, x: int, y: int, words: str, size: int = 11, weight: str = "normal", colour: str = _INK
) -> None:
    style = {"font-family": _FONT, "font-size": str(size), "font-weight": weight, "fill": colour}
    SubElement(parent, "text", {"x": str(x), "y": str(y), **style}).text = plain(words)

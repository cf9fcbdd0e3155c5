"""Provenance as a picture."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.pages.provenance import Edge, Kind, Node, Provenance, Relation
from exchange.pages.render.escape import plain
from exchange.pages.render.graph import graph_svg
from tests import hostile

SVG = "{http://www.w3.org/2000/svg}"


def node(kind: Kind, number: int = 1, label: str = "") -> Node:
    return Node(id=f"{kind.name.lower()}/{number}", kind=kind, label=label or f"{kind} {number}", table="x", row="")


def graph(verdicts: int = 3, title: str = "PLIN2", check: str | None = None) -> Provenance:
    heard = [node(Kind.VERDICT, number) for number in range(1, verdicts + 1)]
    turn, passage = node(Kind.TURN), node(Kind.PASSAGE)
    edges = [Edge(relation=Relation.DERIVED, source=each.id, target=turn.id) for each in heard]
    cited = Edge(relation=Relation.DERIVED, source=turn.id, target=passage.id, said=check)
    event = node(Kind.EVENT, label=title)
    return Provenance(about="h-1", title=title, nodes=(event, *heard, turn, passage), edges=(*edges, cited))


def drawn(told: Provenance) -> ElementTree.Element:
    return ElementTree.fromstring(graph_svg(told))


def texts(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def test_each_column_says_what_it_is_and_how_many() -> None:
    assert {"score event (1)", "verdict (3)", "turn (1)", "passage (1)"} <= set(texts(drawn(graph())))


def test_a_line_joins_each_verdict_with_its_turn() -> None:
    assert len(list(drawn(graph()).iter(f"{SVG}path"))) == 4


@pytest.mark.parametrize(("check", "dashed"), [("verified", 0), ("misquoted", 1), ("unquoted", 1)])
def test_a_quote_that_was_not_found_is_dashed(check: str, dashed: int) -> None:
    paths = drawn(graph(check=check)).iter(f"{SVG}path")

    assert sum("stroke-dasharray" in each.attrib for each in paths) == dashed


def test_a_long_column_ends_in_a_box_for_the_rest() -> None:
    assert "and 45 more" in texts(drawn(graph(verdicts=60)))


def test_the_rest_keeps_its_lines_once() -> None:
    assert len(list(drawn(graph(verdicts=60)).iter(f"{SVG}path"))) == 16 + 1


def test_boxes_of_a_column_do_not_overlap() -> None:
    boxes = [
        (int(each.attrib["x"]), int(each.attrib["y"]))
        for each in drawn(graph(verdicts=12)).iter(f"{SVG}svg")
        if "y" in each.attrib
    ]

    assert min(b[1] - a[1] for a, b in zip(sorted(boxes), sorted(boxes)[1:], strict=False) if a[0] == b[0]) > 36


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert graph_svg(graph()) == graph_svg(graph())


def test_it_is_told_to_those_who_do_not_see_it() -> None:
    assert "verdict: 3; turn: 1; passage: 1" in (drawn(graph()).findtext(f"{SVG}desc") or "")


@given(st.one_of(st.text(min_size=1), st.sampled_from(hostile.OURS)))
def test_no_title_becomes_an_element(title: str) -> None:
    root = drawn(graph(title=title))

    assert {each.tag.removeprefix(SVG) for each in root.iter()} == {"svg", "title", "desc", "rect", "text", "path"}
    assert plain(f"What h-1 rests on: {plain(title)}") in texts(root)


def test_no_hostile_title_becomes_an_element() -> None:
    for title in hostile.words()[:500]:
        assert {each.tag for each in drawn(graph(title=title)).iter(f"{SVG}script")} == set()

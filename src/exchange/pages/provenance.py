"""What a shown number rests on, as a graph; and the graph as PROV-JSON.

The form is that of the W3C member submission of 24 April 2013, https://www.w3.org/submissions/prov-json/.
"""

import json
from enum import StrEnum
from typing import Any

from pydantic import Field

from exchange.domain.noun import Noun
from exchange.pages.render.escape import plain

_UNSET = "urn:exchange:"
_PROV_KINDS = ("entity", "activity", "agent")


class Kind(StrEnum):
    """What a node is. The first seven are a picture's columns, from what is shown to what it comes from."""

    SHOWN = "page as shown"
    HYPOTHESIS = "hypothesis"
    EVENT = "score event"
    VERDICT = "verdict"
    TURN = "turn"
    PASSAGE = "passage"
    PAGE = "page"
    POLICY = "policy"
    CALL = "call"
    DEBATE = "debate"
    SCORING = "scoring"
    MODEL = "model"
    ORIGIN = "origin"

    @property
    def prov(self) -> str:
        """Which of PROV's three it is."""
        return {
            Kind.CALL: "activity",
            Kind.DEBATE: "activity",
            Kind.SCORING: "activity",
            Kind.MODEL: "agent",
            Kind.ORIGIN: "agent",
        }.get(self, "entity")


class Relation(StrEnum):
    """How two nodes belong together: from what came later to what it came from."""

    DERIVED = "wasDerivedFrom"
    GENERATED = "wasGeneratedBy"
    USED = "used"
    ASSOCIATED = "wasAssociatedWith"

    @property
    def ends(self) -> tuple[str, str]:
        """PROV-JSON's names of the two ends."""
        return {
            Relation.DERIVED: ("prov:generatedEntity", "prov:usedEntity"),
            Relation.GENERATED: ("prov:entity", "prov:activity"),
            Relation.USED: ("prov:activity", "prov:entity"),
            Relation.ASSOCIATED: ("prov:activity", "prov:agent"),
        }[self]


class Node(Noun):
    """A thing with the row that it stands for: `row` is the condition that finds it in `table`.

    `digest` is the row's own, of its record or of a call's reply, None where the row has none; `began` and `ended` are UTC, ISO 8601.
    """

    id: str
    kind: Kind
    label: str
    table: str
    row: str
    digest: str | None = None
    began: str | None = None
    ended: str | None = None
    said: dict[str, str | int | float | bool] = Field(default_factory=dict)


class Edge(Noun):
    """`source` came from `target`; `said` is what the evidence check found of a citation."""

    relation: Relation
    source: str
    target: str
    said: str | None = None


class Provenance(Noun):
    """Everything that the shown numbers rest on. Nodes and edges stand in the order in which they are reached."""

    about: str
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def prov_json(told: Provenance, site: str) -> str:
    """The graph as PROV-JSON. Names have the prefix `ex`, below `site` where that is set."""
    prefix = f"{site.rstrip('/')}/provenance/" if site else _UNSET
    document: dict[str, Any] = {"prefix": {"ex": prefix}}
    for kind in _PROV_KINDS:
        document[kind] = {f"ex:{node.id}": _told(node) for node in told.nodes if node.kind.prov == kind}
    for relation in Relation:
        chosen = (edge for edge in told.edges if edge.relation is relation)
        document[relation.value] = {
            f"_:{relation.value}{number}": _joined(edge) for number, edge in enumerate(chosen, start=1)
        }
    filled = {name: content for name, content in document.items() if content}
    return json.dumps(filled, ensure_ascii=False, indent=2) + "\n"


def _told(node: Node) -> dict[str, Any]:
    known: dict[str, Any] = {
        "prov:type": node.kind.value,
        "prov:label": plain(node.label),
        "prov:startTime": node.began,
        "prov:endTime": node.ended,
        "ex:table": node.table,
        "ex:row": node.row,
    }
    known |= {f"ex:{name}": value for name, value in node.said.items()}
    known |= {"ex:digest": node.digest} if node.digest else {}
    return {name: value for name, value in known.items() if value is not None}


def _joined(edge: Edge) -> dict[str, str]:
    later, earlier = edge.relation.ends
    said = {"ex:check": edge.said} if edge.said else {}
    return {later: f"ex:{edge.source}", earlier: f"ex:{edge.target}"} | said

"""A graph that grows as rows are followed; what is reached twice stands in it once."""

from collections.abc import Mapping
from typing import Any

from exchange.pages.provenance import Edge, Kind, Node, Relation


class Graph:
    """Nodes by their names, and edges, in the order in which they were found."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: dict[Edge, None] = {}

    def add(self, kind: Kind, name: str, label: str, table: str, row: Mapping[str, str | int], **known: Any) -> str:
        """The node's name, with the row that it stands for; `known` goes to the node."""
        self.nodes.setdefault(name, Node(id=name, kind=kind, label=label, table=table, row=_condition(row), **known))
        return name

    def join(self, relation: Relation, source: str, *targets: str, said: str | None = None) -> None:
        """Notes that the source came from each of the targets."""
        for target in targets:
            self.edges.setdefault(Edge(relation=relation, source=source, target=target, said=said))


def _condition(row: Mapping[str, str | int]) -> str:
    """What finds the row, as SQL writes it."""
    return " AND ".join(f'"{column}" = {_literal(value)}' for column, value in row.items())


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else f"'{value.replace(chr(39), chr(39) * 2)}'"

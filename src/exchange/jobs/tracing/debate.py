"""One debate's rows as nodes: verdicts, turns, the passages that they cite, and the calls that they came from."""

from typing import Any
from urllib.parse import quote

from exchange.domain.debate import NumberedPassage, Turn
from exchange.domain.verdict import Order, When
from exchange.errors import NotFound
from exchange.jobs.tracing.graph import Graph
from exchange.pages.provenance import Kind, Relation
from exchange.store import audit, debates, pages, versions
from exchange.store.engine import Store
from exchange.store.records import read


class DebateTrace:
    """The rows of one debate about the hypothesis that the node `claim` stands for. Raises NotFound, BrokenDigest."""

    def __init__(self, store: Store, graph: Graph, claim: str, name: str) -> None:
        self.store, self.graph, self.claim, self.name = store, graph, claim, name
        self.rows = audit.rows(store, name)
        self.setup = debates.debate(store, name).setup
        self.passages = {passage.number: passage for passage in self.setup.brief.passages}
        heard = audit.rows(store, self.setup.turns_of).calls if self.setup.turns_of else ()
        self.calls = {row.id: row for row in (*heard, *self.rows.calls)}

    def verdicts(self) -> list[str]:
        """The nodes of the debate's verdicts; all that they came from is in the graph then."""
        own = self.rows.debate
        said = {
            "format": self.setup.format.name,
            "rubric": self.setup.rubric.name,
            "ended_because": own.stop_reason or "",
        }
        self.debate = self.graph.add(
            Kind.DEBATE,
            f"debate/{self.name}",
            f"debate in the format {self.setup.format.name}",
            "debate",
            {"id": self.name},
            digest=own.digest,
            began=own.started_at,
            ended=own.ended_at,
            said=said,
        )
        self.graph.join(Relation.USED, self.debate, self.claim)
        turns = {row.ordinal: self._turn(row) for row in self.rows.turns}
        return [self._verdict(row, turns) for row in self.rows.verdicts]

    def _turn(self, row: Any) -> str:
        turn = read(Turn, row.record, f"A turn of {self.name}", row.digest)
        node = self.graph.add(
            Kind.TURN,
            f"turn/{self.name}/{row.ordinal}",
            f"turn {row.ordinal}, {row.role}",
            "turn",
            {"debate_id": self.name, "ordinal": row.ordinal},
            digest=row.digest,
            said={"arguments": len(turn.arguments), "model": row.model},
        )
        self._made(node, row)
        if turn.answers:
            self.graph.join(Relation.DERIVED, node, f"turn/{self.name}/{turn.answers}")
        for citation in (each for argument in turn.arguments for each in argument.citations):
            if passage := self.passages.get(citation.passage):
                self.graph.join(Relation.DERIVED, node, self._passage(passage), said=citation.check.value)
        return node

    def _verdict(self, row: Any, turns: dict[int, str]) -> str:
        """A judge has read all turns, or those before an interim sitting, or none."""
        sitting = f"{row.when}-{row.number}" if row.number else row.when
        place = f"{row.seat}/{sitting}/{row.order}"
        order = "" if row.order == Order.BLIND else f", {row.order}"
        found: dict[str, Any] = {"unscored": row.unscored} if row.credence is None else {"credence": row.credence}
        node = self.graph.add(
            Kind.VERDICT,
            f"verdict/{self.name}/{quote(place)}",
            f"{'unscored' if row.credence is None else f'{row.credence}%'}, {row.seat} {sitting}{order}",
            "verdict",
            {"debate_id": self.name} | {part: getattr(row, part) for part in ("seat", "when", "order", "number")},
            digest=row.digest,
            said=found | {"model": row.model, "order": row.order},
        )
        self._made(node, row)
        heard = {When.FINAL: len(turns), When.INTERIM: row.number}.get(When(row.when), 0)
        self.graph.join(Relation.DERIVED, node, *(turn for ordinal, turn in turns.items() if ordinal <= heard))
        return node

    def _made(self, node: str, row: Any) -> None:
        """By the call whose reply it was; in an imported debate, by the debate."""
        call = self.calls.get(row.call_id)
        activity = self.debate if call is None else self._call(call)
        self.graph.join(Relation.GENERATED, node, activity)
        model = self.graph.add(Kind.MODEL, f"model/{quote(row.model)}", row.model, "debate", {"id": self.name})
        self.graph.join(Relation.ASSOCIATED, activity, model)

    def _call(self, row: Any) -> str:
        told = {"question": row.question_digest, "model": row.model, "input_tokens": row.input_tokens}
        told |= {"output_tokens": row.output_tokens, "dollars": row.cost}
        node = self.graph.add(
            Kind.CALL,
            f"call/{row.id}",
            f"call {row.id}",
            "call",
            {"id": row.id},
            digest=row.reply_digest,
            began=row.opened_at,
            ended=row.closed_at,
            said={name: value for name, value in told.items() if value is not None},
        )
        self.graph.join(Relation.USED, node, self.claim)
        return node

    def _passage(self, passage: NumberedPassage) -> str:
        """The passage as models were shown it, which the debate's row holds; its page's text may be another today."""
        node = self.graph.add(
            Kind.PASSAGE,
            f"passage/{self.name}/{passage.number}",
            f"passage {passage.number}, {passage.section or 'the beginning'}",
            "debate",
            {"id": self.name},
            digest=self.rows.debate.digest,
            said={"number": passage.number, "page": passage.page, "words": passage.text},
        )
        try:
            source = pages.page(self.store, passage.page)
        except NotFound:
            return node
        version = versions.of_page(self.store, source)
        found = self.graph.add(
            Kind.PAGE, f"page/{source.slug}", source.title, "page", {"slug": source.slug}, digest=version.digest
        )
        self.graph.join(Relation.DERIVED, node, found)
        return node

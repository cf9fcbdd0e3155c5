"""Every row that may leave the store, one at a time: all tables but the secret, and no prompt, whose fences it made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlmodel import SQLModel, col

from exchange.domain.event import ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.noun import Noun
from exchange.domain.page import Page
from exchange.domain.policy import Policy
from exchange.domain.work import Asked
from exchange.store import records, tables
from exchange.store.dialects import Both
from exchange.store.engine import Transaction
from exchange.store.tables import table

# Rows that are held at once: a page may be large.
_AT_ONCE = 50
# `+id`: by the index of the hypothesis's events, and not through all events from the last one on.
_LISTED = "SELECT page_slug FROM listing WHERE hypothesis_id = h.id ORDER BY page_slug"
_GIVEN = "SELECT {} FROM score_event WHERE hypothesis_id = h.id AND cause = 'imported' AND debate_id IS NULL ORDER BY +id DESC LIMIT 1"
_EACH = "SELECT h.id, h.record, {pages} AS pages, ({event}) AS event, ({digest}) AS digest FROM hypothesis AS h ORDER BY h.id"
_EVENT = {"event": _GIVEN.format("record"), "digest": _GIVEN.format("digest")}
_HYPOTHESES = Both(
    sqlite=_EACH.format(pages=f"(SELECT json_group_array(page_slug) FROM ({_LISTED}))", **_EVENT),  # noqa: S608 # constants
    postgres=_EACH.format(
        pages=f"CAST(array_to_json(ARRAY({_LISTED})) AS TEXT)",
        **_EVENT,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A table as it is exported; `about` says what a row is, `left_out` are the columns that stay here.

    `digested`: its digest is its record's; else the record must be a `kind`, if it has one.
    """

    name: str
    row: type[SQLModel]
    about: str
    left_out: tuple[str, ...] = ()
    digested: bool = False
    kind: type[Noun] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the table's order."""
        return tuple(column.name for column in table(self.row).columns if column.name not in self.left_out)


TABLES = (
    Exported(name="entities", row=tables.EntityRow, about="What pages are about or link to."),
    Exported(name="aliases", row=tables.AliasRow, about="Names by which entities are called, casefolded."),
    Exported(name="pages", row=tables.PageRow, about="Wiki pages.", left_out=("due",), digested=True),
    Exported(name="page_links", row=tables.PageLinkRow, about="Which page links to which entity."),
    Exported(name="page_names", row=tables.PageNameRow, about="Which page names which entity in its text."),
    Exported(name="entity_links", row=tables.EntityLinkRow, about="Which entities are associated, and who says so."),
    Exported(
        name="hypotheses",
        row=tables.HypothesisRow,
        about="Hypotheses, and what is read from their claims.",
        left_out=("due",),
        kind=Hypothesis,
    ),
    Exported(name="claim_names", row=tables.ClaimNameRow, about="Which claim names which entity beside its targets."),
    Exported(name="targets", row=tables.TargetRow, about="Names that hypotheses target, and their entities."),
    Exported(
        name="listings", row=tables.ListingRow, about="Which page lists which hypothesis by hand, or never shows it."
    ),
    Exported(name="relations", row=tables.RelationRow, about="Which hypothesis concerns which page, how much and why."),
    Exported(
        name="debates",
        row=tables.DebateRow,
        about="Debates: what each was held with, and how it ended.",
        left_out=("owner", "epoch", "leased_until", "parked_until"),
        digested=True,
    ),
    Exported(
        name="provider_batches",
        row=tables.ProviderBatchRow,
        about="Questions that went to a provider as one file, at a lower price.",
        left_out=("run", "input_file", "provider_id", "owner", "leased_until"),
    ),
    Exported(
        name="calls",
        row=tables.CallRow,
        about="Calls of models: what came back and what it cost. Of the question there is the digest.",
        left_out=("question", "run", "epoch"),
    ),
    Exported(name="turns", row=tables.TurnRow, about="Turns of debates.", digested=True),
    Exported(name="verdicts", row=tables.VerdictRow, about="Verdicts of judges.", digested=True),
    Exported(name="score_events", row=tables.ScoreEventRow, about="Changes of scores.", digested=True),
    Exported(
        name="batches",
        row=tables.BatchRow,
        about="Batches of work: what was asked for.",
        left_out=("owner",),
        kind=Asked,
    ),
    Exported(
        name="batch_items",
        row=tables.BatchItemRow,
        about="What became of each hypothesis of a batch.",
        left_out=("owner", "epoch", "taken_at", "leased_until"),
    ),
    Exported(name="policies", row=tables.PolicyRow, about="Policies that were fitted here.", kind=Policy),
    Exported(name="policies_in_force", row=tables.PolicyInForceRow, about="Which policy held from when on."),
)
NEVER = (tables.SecretRow, tables.PaceRow, tables.WorkerRow, tables.LinkingRow)


def rows(transaction: Transaction, exported: Exported) -> Iterator[dict[str, Any]]:
    """The table's rows by key, with the columns that leave; records are text. Raises BrokenDigest."""
    columns = table(exported.row).columns
    wanted = select(*(columns[name] for name in exported.columns)).order_by(*table(exported.row).primary_key)
    with transaction.execute(wanted.execution_options(yield_per=_AT_ONCE)) as found:
        for row in found.mappings():
            _check(exported, row)
            yield dict(row)


def pages(transaction: Transaction) -> Iterator[Page]:
    """Every page, by slug. Raises BrokenDigest."""
    wanted = select(col(tables.PageRow.slug), col(tables.PageRow.record), col(tables.PageRow.digest))
    ordered = wanted.order_by(col(tables.PageRow.slug)).execution_options(yield_per=_AT_ONCE)
    with transaction.execute(ordered) as found:
        for row in found:
            yield records.read(Page, row.record, f"The page {row.slug}", row.digest)


def hypotheses(transaction: Transaction) -> Iterator[tuple[Hypothesis, tuple[str, ...], ScoreEvent | None]]:
    """Every hypothesis by id, the pages that list it, and the last score that it was given elsewhere. Raises BrokenDigest."""
    wanted = text(_HYPOTHESES.on(transaction)).execution_options(yield_per=_AT_ONCE)
    with transaction.execute(wanted) as rows_found:
        for row in rows_found:
            found = records.read(Hypothesis, row.record, f"The hypothesis {row.id}")
            event = row.event and records.read(ScoreEvent, row.event, f"A score event of {row.id}", row.digest)
            yield found, records.names(row.pages), event or None


def _check(exported: Exported, row: Any) -> None:
    what = f"A row of {table(exported.row).name}"
    if exported.digested:
        records.fields(row["record"], what, row["digest"])
    elif exported.kind:
        records.read(exported.kind, row["record"], what)

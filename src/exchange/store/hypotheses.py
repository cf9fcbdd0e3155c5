"""Hypotheses, in and out, with their targets and the pages that they concern."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, literal, select, union_all, update
from sqlmodel import col

from exchange.domain.event import Basis
from exchange.domain.hypothesis import Hypothesis
from exchange.errors import NotFound
from exchange.store.clock import now
from exchange.store.engine import Store, Transaction
from exchange.store.records import read
from exchange.store.tables import EntityRow, HypothesisRow, ListingRow, PageLinkRow, PageNameRow, PageRow, TargetRow

_AT_ONCE = 10_000
_RECORD = select(col(HypothesisRow.record)).where(col(HypothesisRow.id) == bindparam("name"))


@dataclass(frozen=True, kw_only=True)
class Concern:
    """Why a page's passages are a hypothesis's evidence: `listed`, or what the page has of a target: `subject`, `linked`, `named`."""

    hypothesis: str
    page: str
    why: str
    entity: str | None


def save(transaction: Transaction, hypothesis: Hypothesis) -> bool:
    """Stores the hypothesis and its targets, not yet linked to entities; False if it is stored just so already."""
    record = hypothesis.to_json()
    before = stored(transaction, hypothesis.id)
    if before == hypothesis:
        return False
    claim, targets = Basis.of_hypothesis(hypothesis)
    digests = dict(claim_digest=claim, targets_digest=targets)
    values = dict(title=hypothesis.title, record=record, imported_at=now(), due=True) | digests
    if before is None:
        transaction.execute(insert(HypothesisRow).values(id=hypothesis.id, **values))
    else:
        transaction.execute(update(HypothesisRow).where(col(HypothesisRow.id) == hypothesis.id).values(**values))
        transaction.execute(delete(TargetRow).where(col(TargetRow.hypothesis_id) == hypothesis.id))
    rows = [dict(hypothesis_id=hypothesis.id, name=name) for name in dict.fromkeys(hypothesis.targets)]
    if rows:
        transaction.execute(insert(TargetRow), rows)
    return True


def list_on(transaction: Transaction, page: str, hypothesis: str) -> bool:
    """Notes that the page lists the hypothesis; False if that is known already."""
    known = select(col(ListingRow.page_slug)).where(
        col(ListingRow.page_slug) == page, col(ListingRow.hypothesis_id) == hypothesis
    )
    if transaction.execute(known).one_or_none():
        return False
    transaction.execute(insert(ListingRow).values(page_slug=page, hypothesis_id=hypothesis))
    transaction.execute(update(HypothesisRow).where(col(HypothesisRow.id) == hypothesis).values(due=True))
    return True


def hypothesis(store: Store, name: str) -> Hypothesis:
    """The hypothesis with that id. Raises NotFound."""
    with store.reading() as transaction:
        record = transaction.execute(_RECORD, dict(name=name)).scalar_one_or_none()
    if record is None:
        raise NotFound(f"No hypothesis {name} is stored. `exchange list` names those that are.")
    return read(Hypothesis, record, f"The hypothesis {name}")


def stored(transaction: Transaction, name: str) -> Hypothesis | None:
    """The hypothesis with that id, if there is one."""
    record = transaction.execute(_RECORD, dict(name=name)).scalar_one_or_none()
    return read(Hypothesis, record, f"The hypothesis {name}") if record else None


def stored_ones(transaction: Transaction, names: Collection[str] | None) -> Iterator[Hypothesis]:
    """These hypotheses, as far as they are stored, or all. Raises BrokenDigest."""
    wanted = select(col(HypothesisRow.id), col(HypothesisRow.record))
    many = names is not None and len(names) <= _AT_ONCE
    if names is not None and many:
        wanted = wanted.where(col(HypothesisRow.id).in_(names))
    for row in transaction.execute(wanted):
        if names is None or many or row.id in names:
            yield read(Hypothesis, row.record, f"The hypothesis {row.id}")


def some(transaction: Transaction, count: int) -> Iterator[Hypothesis]:
    """At most so many. Raises BrokenDigest."""
    records = transaction.execute(select(col(HypothesisRow.record)).order_by(col(HypothesisRow.id)).limit(count))
    return (read(Hypothesis, record, "A hypothesis") for (record,) in records)


def without_entities(transaction: Transaction) -> list[str]:
    """The hypotheses none of whose targets is linked to an entity."""
    linked = select(col(TargetRow.hypothesis_id)).where(col(TargetRow.entity_id).is_not(None))
    return list(
        transaction.execute(select(col(HypothesisRow.id)).where(col(HypothesisRow.id).not_in(linked))).scalars()
    )


def every(store: Store) -> list[Hypothesis]:
    """All hypotheses, by title."""
    with store.reading() as transaction:
        records = transaction.execute(select(col(HypothesisRow.record)).order_by(col(HypothesisRow.title))).scalars()
        return [read(Hypothesis, record, "A hypothesis") for record in records]


def concerns(store: Store, hypothesis: str | None = None, among: Sequence[str] | None = None) -> list[Concern]:
    """Which pages' passages are evidence for which hypotheses: for one, for some, or for all."""
    names = (hypothesis,) if hypothesis is not None else among
    with store.reading() as transaction:
        rows = transaction.execute(_concerns(names is not None), {} if names is None else {"names": names}).all()
    return [Concern(hypothesis=row.hypothesis, page=row.page, why=row.why, entity=row.entity) for row in rows]


@cache
def _concerns(of_some: bool) -> Any:
    listed: Any = select(
        col(ListingRow.hypothesis_id).label("hypothesis"),
        col(ListingRow.page_slug).label("page"),
        literal("listed").label("why"),
        literal(None).label("entity"),
    )
    listed = listed.join(PageRow, col(PageRow.slug) == col(ListingRow.page_slug)).where(~col(ListingRow.never))
    by_target: Any = (
        select(col(TargetRow.hypothesis_id), col(PageRow.slug), literal("subject"), col(EntityRow.name))
        .join(PageRow, col(PageRow.entity_id) == col(TargetRow.entity_id))
        .join(EntityRow, col(EntityRow.id) == col(TargetRow.entity_id))
    )
    by_link: Any = (
        select(col(TargetRow.hypothesis_id), col(PageRow.slug), literal("linked"), col(EntityRow.name))
        .join(PageLinkRow, col(PageLinkRow.entity_id) == col(TargetRow.entity_id))
        .join(PageRow, col(PageRow.id) == col(PageLinkRow.page_id))
        .join(EntityRow, col(EntityRow.id) == col(TargetRow.entity_id))
    )
    by_name: Any = (
        select(col(TargetRow.hypothesis_id), col(PageRow.slug), literal("named"), col(EntityRow.name))
        .join(PageNameRow, col(PageNameRow.entity_id) == col(TargetRow.entity_id))
        .join(PageRow, col(PageRow.id) == col(PageNameRow.page_id))
        .join(EntityRow, col(EntityRow.id) == col(TargetRow.entity_id))
    )
    by_entity: tuple[Any, ...] = (by_target, by_link, by_name)
    if of_some:
        names: BindParameter[Any] = bindparam("names", expanding=True)
        listed = listed.where(col(ListingRow.hypothesis_id).in_(names))
        by_entity = tuple(each.where(col(TargetRow.hypothesis_id).in_(names)) for each in by_entity)
    return union_all(listed, *by_entity)


def targets(transaction: Transaction) -> list[tuple[str, str, int | None]]:
    """Every target: the hypothesis, the name, and the row of the entity that it is linked to."""
    rows = transaction.execute(select(col(TargetRow.hypothesis_id), col(TargetRow.name), col(TargetRow.entity_id)))
    return [(row.hypothesis_id, row.name, row.entity_id) for row in rows]


def link_target(transaction: Transaction, hypothesis: str, name: str, entity: int | None) -> None:
    """Links one target to its entity, or to none."""
    transaction.execute(
        update(TargetRow)
        .where(col(TargetRow.hypothesis_id) == hypothesis, col(TargetRow.name) == name)
        .values(entity_id=entity)
    )
    transaction.execute(update(HypothesisRow).where(col(HypothesisRow.id) == hypothesis).values(due=True))

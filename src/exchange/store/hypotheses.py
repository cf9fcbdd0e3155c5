"""Hypotheses, in and out, with their targets and the pages that they concern."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, insert, literal, select, union_all, update
from sqlmodel import col

from exchange.domain.hypothesis import Hypothesis
from exchange.errors import NotFound
from exchange.store.clock import now
from exchange.store.engine import Store, Transaction
from exchange.store.records import read
from exchange.store.tables import EntityRow, HypothesisRow, ListingRow, PageLinkRow, PageNameRow, PageRow, TargetRow

_RECORD = select(col(HypothesisRow.record)).where(col(HypothesisRow.id) == bindparam("name"))


@dataclass(frozen=True, kw_only=True)
class Concern:
    """Why a hypothesis concerns a page: `listed`, `subject`, `linked` or `named`; `entity` is named where it is one of these."""

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
    values = dict(title=hypothesis.title, record=record, imported_at=now())
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


def every(store: Store) -> list[Hypothesis]:
    """All hypotheses, by title."""
    with store.reading() as transaction:
        records = transaction.execute(select(col(HypothesisRow.record)).order_by(col(HypothesisRow.title))).scalars()
        return [read(Hypothesis, record, "A hypothesis") for record in records]


def concerns(
    store: Store, page: str | None = None, hypothesis: str | None = None, among: Sequence[str] | None = None
) -> list[Concern]:
    """Which hypotheses concern which pages, restricted to one page, to one hypothesis, or to some."""
    wanted = _concerns(page is not None, hypothesis is not None, among is not None)
    given: dict[str, Any] = {"page": page, "hypothesis": hypothesis, "among": among}
    with store.reading() as transaction:
        rows = transaction.execute(wanted, {name: value for name, value in given.items() if value is not None}).all()
    return [Concern(hypothesis=row.hypothesis, page=row.page, why=row.why, entity=row.entity) for row in rows]


@cache
def _concerns(of_page: bool, of_hypothesis: bool, of_some: bool) -> Any:
    listed: Any = select(
        col(ListingRow.hypothesis_id).label("hypothesis"),
        col(ListingRow.page_slug).label("page"),
        literal("listed").label("why"),
        literal(None).label("entity"),
    ).join(PageRow, col(PageRow.slug) == col(ListingRow.page_slug))
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
    if of_page:
        listed = listed.where(col(ListingRow.page_slug) == bindparam("page"))
        by_entity = tuple(each.where(col(PageRow.slug) == bindparam("page")) for each in by_entity)
    if of_hypothesis:
        listed = listed.where(col(ListingRow.hypothesis_id) == bindparam("hypothesis"))
        by_entity = tuple(each.where(col(TargetRow.hypothesis_id) == bindparam("hypothesis")) for each in by_entity)
    if of_some:
        some: Any = bindparam("among", expanding=True)
        listed = listed.where(col(ListingRow.hypothesis_id).in_(some))
        by_entity = tuple(each.where(col(TargetRow.hypothesis_id).in_(some)) for each in by_entity)
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

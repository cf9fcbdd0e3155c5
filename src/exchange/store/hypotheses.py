"""Hypotheses, in and out, with their targets and the pages that they concern."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, literal, select, union_all, update
from sqlmodel import col

from exchange.domain.hypothesis import Hypothesis
from exchange.errors import NotFound
from exchange.store.clock import now
from exchange.store.engine import Store
from exchange.store.tables import EntityRow, HypothesisRow, ListingRow, PageLinkRow, PageRow, TargetRow


@dataclass(frozen=True, kw_only=True)
class Concern:
    """Why a hypothesis concerns a page: `listed`, `subject` or `linked`; `entity` is named where it is one of these."""

    hypothesis: str
    page: str
    why: str
    entity: str | None


def save(connection: Connection, hypothesis: Hypothesis) -> bool:
    """Stores the hypothesis and its targets, not yet linked to entities; False if it is stored just so already."""
    record = hypothesis.to_json()
    before = stored(connection, hypothesis.id)
    if before == hypothesis:
        return False
    values = dict(title=hypothesis.title, record=record, imported_at=now())
    if before is None:
        connection.execute(insert(HypothesisRow).values(id=hypothesis.id, **values))
    else:
        connection.execute(update(HypothesisRow).where(col(HypothesisRow.id) == hypothesis.id).values(**values))
        connection.execute(delete(TargetRow).where(col(TargetRow.hypothesis_id) == hypothesis.id))
    rows = [dict(hypothesis_id=hypothesis.id, name=name) for name in dict.fromkeys(hypothesis.targets)]
    if rows:
        connection.execute(insert(TargetRow), rows)
    return True


def list_on(connection: Connection, page: str, hypothesis: str) -> bool:
    """Notes that the page lists the hypothesis; False if that is known already."""
    known = select(col(ListingRow.page_slug)).where(
        col(ListingRow.page_slug) == page, col(ListingRow.hypothesis_id) == hypothesis
    )
    if connection.execute(known).one_or_none():
        return False
    connection.execute(insert(ListingRow).values(page_slug=page, hypothesis_id=hypothesis))
    return True


def hypothesis(store: Store, name: str) -> Hypothesis:
    """The hypothesis with that id. Raises NotFound."""
    with store.reading() as connection:
        record = connection.execute(
            select(col(HypothesisRow.record)).where(col(HypothesisRow.id) == name)
        ).scalar_one_or_none()
    if record is None:
        raise NotFound(f"No hypothesis {name} is stored. `exchange list` names those that are.")
    return Hypothesis.from_json(record)


def stored(connection: Connection, name: str) -> Hypothesis | None:
    """The hypothesis with that id, if there is one."""
    record = connection.execute(
        select(col(HypothesisRow.record)).where(col(HypothesisRow.id) == name)
    ).scalar_one_or_none()
    return Hypothesis.from_json(record) if record else None


def every(store: Store) -> list[Hypothesis]:
    """All hypotheses, by title."""
    with store.reading() as connection:
        records = connection.execute(select(col(HypothesisRow.record)).order_by(col(HypothesisRow.title))).scalars()
        return [Hypothesis.from_json(record) for record in records]


def some(store: Store, names: tuple[str, ...]) -> dict[str, Hypothesis]:
    """The stored ones of these hypotheses, by id."""
    with store.reading() as connection:
        records = connection.execute(
            select(col(HypothesisRow.record)).where(col(HypothesisRow.id).in_(names))
        ).scalars()
        found = [Hypothesis.from_json(record) for record in records]
    return {each.id: each for each in found}


def concerns(store: Store, page: str | None = None, hypothesis: str | None = None) -> list[Concern]:
    """Which hypotheses concern which pages, restricted to one page or one hypothesis."""
    listed = select(
        col(ListingRow.hypothesis_id).label("hypothesis"),
        col(ListingRow.page_slug).label("page"),
        literal("listed").label("why"),
        literal(None).label("entity"),
    )
    by_target = (
        select(col(TargetRow.hypothesis_id), col(PageRow.slug), literal("subject"), col(EntityRow.name))
        .join(PageRow, col(PageRow.entity_id) == col(TargetRow.entity_id))
        .join(EntityRow, col(EntityRow.id) == col(TargetRow.entity_id))
    )
    by_link = (
        select(col(TargetRow.hypothesis_id), col(PageRow.slug), literal("linked"), col(EntityRow.name))
        .join(PageLinkRow, col(PageLinkRow.entity_id) == col(TargetRow.entity_id))
        .join(PageRow, col(PageRow.id) == col(PageLinkRow.page_id))
        .join(EntityRow, col(EntityRow.id) == col(TargetRow.entity_id))
    )
    if page is not None:
        listed = listed.where(col(ListingRow.page_slug) == page)
        by_target, by_link = (each.where(col(PageRow.slug) == page) for each in (by_target, by_link))
    if hypothesis is not None:
        listed = listed.where(col(ListingRow.hypothesis_id) == hypothesis)
        by_target, by_link = (each.where(col(TargetRow.hypothesis_id) == hypothesis) for each in (by_target, by_link))
    with store.reading() as connection:
        rows = connection.execute(union_all(listed, by_target, by_link)).all()
    return [Concern(hypothesis=row.hypothesis, page=row.page, why=row.why, entity=row.entity) for row in rows]


def unlinked_targets(connection: Connection) -> list[tuple[str, str]]:
    """Every (hypothesis, target name) that no entity was found for."""
    rows = connection.execute(
        select(col(TargetRow.hypothesis_id), col(TargetRow.name)).where(col(TargetRow.entity_id).is_(None))
    )
    return [(row.hypothesis_id, row.name) for row in rows]


def link_target(connection: Connection, hypothesis: str, name: str, entity: int) -> None:
    """Links one target to its entity."""
    connection.execute(
        update(TargetRow)
        .where(col(TargetRow.hypothesis_id) == hypothesis, col(TargetRow.name) == name)
        .values(entity_id=entity)
    )

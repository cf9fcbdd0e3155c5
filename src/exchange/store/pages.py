"""Pages and entities, in and out."""

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlmodel import col

from exchange.domain.identity import digest, slug
from exchange.domain.page import Entity, Page
from exchange.errors import NotFound
from exchange.store.clock import now
from exchange.store.engine import Store, Transaction, inserted
from exchange.store.records import read
from exchange.store.tables import AliasRow, EntityRow, PageLinkRow, PageRow


def save(transaction: Transaction, page: Page, own: Entity) -> bool:
    """Stores the page about `own`, or replaces its older text; False if the same text is stored already."""
    record = page.to_json()
    values = dict(
        slug=page.slug,
        title=page.title,
        entity_id=_entity(transaction, own),
        artifact=page.artifact,
        wiki_page_id=_words(page.metadata.get("wiki_page_id")),
        record=record,
        digest=digest(record),
        imported_at=now(),
    )
    stored = transaction.execute(
        select(col(PageRow.id), col(PageRow.digest)).where(col(PageRow.slug) == page.slug)
    ).one_or_none()
    if stored and stored.digest == values["digest"]:
        return False
    if stored:
        transaction.execute(update(PageRow).where(col(PageRow.id) == stored.id).values(**values))
        transaction.execute(delete(PageLinkRow).where(col(PageLinkRow.page_id) == stored.id))
        page_id = stored.id
    else:
        page_id = inserted(transaction, insert(PageRow).values(**values))
    linked = dict.fromkeys(_entity(transaction, entity) for entity in page.links)
    if linked:
        transaction.execute(insert(PageLinkRow), [dict(page_id=page_id, entity_id=each) for each in linked])
    return True


def page(store: Store, name: str) -> Page:
    """The page by slug, artifact id or wiki_page_id. Raises NotFound."""
    with store.reading() as transaction:
        row = transaction.execute(
            select(col(PageRow.record), col(PageRow.digest)).where(_called(name)).limit(1)
        ).one_or_none()
    if row is None:
        raise NotFound(f"No page {name!r} is stored. `exchange list --pages` names those that are.")
    return read(Page, row.record, f"The page {name}", row.digest)


def page_slug(store: Store, name: str) -> str | None:
    """The slug of the page with that slug, artifact id or wiki_page_id, if there is one."""
    with store.reading() as transaction:
        return transaction.execute(select(col(PageRow.slug)).where(_called(name)).limit(1)).scalar_one_or_none()


def pages(store: Store, slugs: tuple[str, ...]) -> tuple[Page, ...]:
    """The stored ones of these pages, by slug. Raises BrokenDigest."""
    with store.reading() as transaction:
        rows = transaction.execute(
            select(col(PageRow.slug), col(PageRow.record), col(PageRow.digest))
            .where(col(PageRow.slug).in_(slugs))
            .order_by(col(PageRow.slug))
        )
        return tuple(read(Page, row.record, f"The page {row.slug}", row.digest) for row in rows)


def slugs_and_titles(store: Store) -> list[tuple[str, str]]:
    """Every page's slug and title, by slug."""
    with store.reading() as transaction:
        rows = transaction.execute(select(col(PageRow.slug), col(PageRow.title)).order_by(col(PageRow.slug)))
        return [(row.slug, row.title) for row in rows]


def aliases(transaction: Transaction) -> dict[str, set[str]]:
    """Casefolded name -> the keys (`path/slug`) of all entities that bear it."""
    rows = transaction.execute(
        select(col(AliasRow.name), col(EntityRow.path), col(EntityRow.slug)).join(
            EntityRow, col(EntityRow.id) == col(AliasRow.entity_id)
        )
    )
    table: dict[str, set[str]] = {}
    for row in rows:
        table.setdefault(row.name, set()).add(f"{row.path}/{row.slug}")
    return table


def entity_ids(transaction: Transaction) -> dict[str, int]:
    """Every entity's key (`path/slug`) -> the number of its row."""
    rows = transaction.execute(select(col(EntityRow.id), col(EntityRow.path), col(EntityRow.slug)))
    return {f"{row.path}/{row.slug}": row.id for row in rows}


def _called(name: str) -> ColumnElement[bool]:
    return or_(*(column == name for column in (col(PageRow.slug), col(PageRow.artifact), col(PageRow.wiki_page_id))))


def _words(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _entity(transaction: Transaction, entity: Entity) -> int:
    """The number of the entity's row, made if need be; its name and slug become aliases."""
    found = select(col(EntityRow.id)).where(col(EntityRow.path) == entity.path, col(EntityRow.slug) == entity.slug)
    number = transaction.execute(found).scalar_one_or_none()
    if number is None:
        values = entity.model_dump()
        number = inserted(transaction, insert(EntityRow).values(**values))
    known = select(col(AliasRow.name)).where(col(AliasRow.entity_id) == number)
    spelt = {slug(entity.name)} if entity.name.isascii() else set()
    names = ({entity.name.casefold(), entity.slug.lower()} | spelt) - set(transaction.execute(known).scalars())
    if names:
        transaction.execute(insert(AliasRow), [dict(entity_id=number, name=name) for name in sorted(names)])
    return number

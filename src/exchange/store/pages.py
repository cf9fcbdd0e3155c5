"""Pages, in and out, with the entities that they are about, link to and name."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, insert, or_, select, update
from sqlmodel import col

from exchange.domain.alias import Given
from exchange.domain.identity import digest
from exchange.domain.page import Entity, Page
from exchange.errors import NotFound
from exchange.store import entities
from exchange.store.clock import now
from exchange.store.engine import Store, Transaction, inserted
from exchange.store.records import fields, read
from exchange.store.tables import PageLinkRow, PageNameRow, PageRow

_AT_ONCE = 100
_PAGES = (
    select(col(PageRow.slug), col(PageRow.record), col(PageRow.digest))
    .where(col(PageRow.slug).in_(bindparam("slugs", expanding=True)))
    .order_by(col(PageRow.slug))
)


def save(transaction: Transaction, page: Page, own: Entity) -> bool:
    """Stores the page about `own`, or replaces its older text; False if the same text is stored already."""
    record = page.to_json()
    values = dict(
        slug=page.slug,
        title=page.title,
        entity_id=entities.number(transaction, own, Given.TITLE),
        artifact=page.artifact,
        wiki_page_id=_words(page.metadata.get("wiki_page_id")),
        record=record,
        digest=digest(record),
        imported_at=now(),
        due=True,
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
    linked = dict.fromkeys(entities.number(transaction, entity, Given.LINK) for entity in page.links)
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


def pages(store: Store, slugs: tuple[str, ...]) -> tuple[Page, ...]:
    """The stored ones of these pages, by slug. Raises BrokenDigest."""
    with store.reading() as transaction:
        rows = transaction.execute(_PAGES, dict(slugs=slugs))
        return tuple(read(Page, row.record, f"The page {row.slug}", row.digest) for row in rows)


def slugs_and_titles(store: Store) -> list[tuple[str, str]]:
    """Every page's slug and title, by slug."""
    with store.reading() as transaction:
        rows = transaction.execute(select(col(PageRow.slug), col(PageRow.title)).order_by(col(PageRow.slug)))
        return [(row.slug, row.title) for row in rows]


def of_row(transaction: Transaction, row: int) -> Page:
    """The page in that row. Raises BrokenDigest."""
    found = transaction.execute(
        select(col(PageRow.slug), col(PageRow.record), col(PageRow.digest)).where(col(PageRow.id) == row)
    ).one()
    return read(Page, found.record, f"The page {found.slug}", found.digest)


def some(transaction: Transaction, count: int) -> Iterator[Page]:
    """At most so many, by row. Raises BrokenDigest."""
    wanted = select(col(PageRow.slug), col(PageRow.record), col(PageRow.digest)).order_by(col(PageRow.id)).limit(count)
    for row in transaction.execute(wanted.execution_options(yield_per=_AT_ONCE)):
        yield read(Page, row.record, f"The page {row.slug}", row.digest)


def any_stored(transaction: Transaction) -> bool:
    """Is there any page?"""
    return transaction.execute(select(col(PageRow.id)).limit(1)).first() is not None


class Text(NamedTuple):
    """What a page says in words: its title, its infobox and its body; `row` is its number."""

    row: int
    slug: str
    words: str


def texts(transaction: Transaction, names: Collection[str] | None = None) -> Iterator[Text]:
    """The text of every page, or of those with these slugs. Raises BrokenDigest."""
    wanted = select(col(PageRow.id), col(PageRow.slug), col(PageRow.record), col(PageRow.digest)).order_by(
        col(PageRow.id)
    )
    few = names is not None and len(names) <= _AT_ONCE
    if few:
        wanted = wanted.where(col(PageRow.slug).in_(names or ()))
    with transaction.execute(wanted.execution_options(yield_per=_AT_ONCE)) as found:
        for row in found:
            if names is None or few or row.slug in names:
                page = fields(row.record, f"The page {row.slug}", row.digest)
                said = (page["title"], *(words for pair in page["infobox"] for words in pair), page["body"])
                yield Text(row.id, row.slug, "\n".join(said))


def name_entities(transaction: Transaction, named: Mapping[int, Collection[int]]) -> None:
    """Says anew which entities each of these pages names; those that it links to or is about are left out."""
    for page_id, entity_ids in named.items():
        linked = select(col(PageLinkRow.entity_id)).where(col(PageLinkRow.page_id) == page_id)
        about = select(col(PageRow.entity_id)).where(col(PageRow.id) == page_id)
        others = sorted(set(entity_ids) - set(transaction.execute(linked.union(about)).scalars()))
        before = select(col(PageNameRow.entity_id)).where(col(PageNameRow.page_id) == page_id)
        if sorted(transaction.execute(before).scalars()) == others:
            continue
        transaction.execute(update(PageRow).where(col(PageRow.id) == page_id).values(due=True))
        transaction.execute(delete(PageNameRow).where(col(PageNameRow.page_id) == page_id))
        if others:
            transaction.execute(insert(PageNameRow), [dict(page_id=page_id, entity_id=each) for each in others])


def _called(name: str) -> ColumnElement[bool]:
    return or_(*(column == name for column in (col(PageRow.slug), col(PageRow.artifact), col(PageRow.wiki_page_id))))


def _words(value: object) -> str | None:
    return value if isinstance(value, str) and "\0" not in value else None

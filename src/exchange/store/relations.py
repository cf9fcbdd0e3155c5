"""Relations of hypotheses to pages: what they are made from, and themselves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlmodel import col

from exchange.domain.identity import hypothesis_id
from exchange.domain.relation import Direction, Reason, Relation, Why, from_json, to_json
from exchange.store.engine import Store, Transaction
from exchange.store.tables import (
    ClaimNameRow,
    EntityLinkRow,
    EntityRow,
    HypothesisRow,
    ListingRow,
    PageLinkRow,
    PageNameRow,
    PageRow,
    RelationRow,
    TargetRow,
    table,
)

_HYPOTHESIS, _PAGE = table(HypothesisRow), table(PageRow)


class DuePage(NamedTuple):
    """A page as relations are made from it: its row, slug, what it is about, and the text that it was read from."""

    row: int
    slug: str
    own: int | None
    digest: str
    due: bool


class ClaimRead(NamedTuple):
    """What is read from a claim: the entities that it names beside its targets, what it would do, and to what end."""

    hypothesis: str
    names: frozenset[int]
    direction: Direction | None
    stance: str | None


def anything_due(transaction: Transaction) -> bool:
    """Is there a page or a hypothesis whose relations are to be made anew?"""
    due = (select(each.c.id).where(each.c.due).limit(1) for each in (_PAGE, _HYPOTHESIS))
    return any(transaction.execute(each).first() is not None for each in due)


def due_hypotheses(transaction: Transaction) -> dict[str, str]:
    """The hypotheses that are due, with when each was stored."""
    rows = transaction.execute(select(_HYPOTHESIS.c.id, _HYPOTHESIS.c.imported_at).where(_HYPOTHESIS.c.due))
    return {row.id: row.imported_at for row in rows}


def every_page(transaction: Transaction) -> list[DuePage]:
    """All pages, by row."""
    columns = _PAGE.c.id, _PAGE.c.slug, _PAGE.c.entity_id, _PAGE.c.digest, _PAGE.c.due
    return [DuePage(*row) for row in transaction.execute(select(*columns).order_by(_PAGE.c.id))]


def set_due(transaction: Transaction, hypotheses: bool = False) -> None:
    """Every page is due, and every hypothesis if that is asked for."""
    for each in (_PAGE, _HYPOTHESIS) if hypotheses else (_PAGE,):
        transaction.execute(update(each).values(due=True))


def hypothesis_due(transaction: Transaction, name: str) -> None:
    """The hypothesis is due."""
    transaction.execute(update(_HYPOTHESIS).where(_HYPOTHESIS.c.id == name).values(due=True))


def linked(transaction: Transaction) -> dict[int, frozenset[int]]:
    """Each page's row -> the entities that it links to."""
    return _gathered(transaction, col(PageLinkRow.page_id), col(PageLinkRow.entity_id))


def named(transaction: Transaction) -> dict[int, frozenset[int]]:
    """Each page's row -> the entities that its text names beside."""
    return _gathered(transaction, col(PageNameRow.page_id), col(PageNameRow.entity_id))


def targets(transaction: Transaction) -> dict[str, frozenset[int]]:
    """Each hypothesis -> the entities that it targets."""
    linked = col(TargetRow.entity_id)
    return _gathered(transaction, col(TargetRow.hypothesis_id), linked, linked.is_not(None))


def named_by_claims(transaction: Transaction, names: Collection[str] | None = None) -> dict[str, frozenset[int]]:
    """Each hypothesis, or each of these, -> the entities that its claim names beside its targets."""
    hypothesis = col(ClaimNameRow.hypothesis_id)
    where = () if names is None else (hypothesis.in_(names),)
    return _gathered(transaction, hypothesis, col(ClaimNameRow.entity_id), *where)


def beside(transaction: Transaction) -> dict[int, frozenset[int]]:
    """Each entity -> those that it goes with, whichever way that was said."""
    found: dict[int, set[int]] = defaultdict(set)
    for one, other in transaction.execute(select(col(EntityLinkRow.entity_id), col(EntityLinkRow.other_id))):
        found[one].add(other)
        found[other].add(one)
    return {each: frozenset(others) for each, others in found.items()}


def entities(transaction: Transaction) -> tuple[dict[int, str], dict[int, str]]:
    """Each entity's row -> its name, and its kind as links write it."""
    rows = transaction.execute(select(col(EntityRow.id), col(EntityRow.name), col(EntityRow.path))).all()
    return {row.id: row.name for row in rows}, {row.id: row.path for row in rows}


def listings(transaction: Transaction) -> dict[str, dict[str, Reason | None]]:
    """Each page's slug -> the hypotheses that are listed there, with the reason; None for those that never shall be."""
    found: dict[str, dict[str, Reason | None]] = defaultdict(dict)
    for page, hypothesis, because, never in transaction.execute(select(*table(ListingRow).columns)):
        found[page][hypothesis] = None if never else Reason(Why.CHOSEN, (because,)) if because else Reason(Why.LISTED)
    return found


def read_claims(transaction: Transaction, claims: Iterable[ClaimRead]) -> None:
    """Stores what was read from claims."""
    for each in claims:
        transaction.execute(delete(ClaimNameRow).where(col(ClaimNameRow.hypothesis_id) == each.hypothesis))
        if each.names:
            rows = [dict(hypothesis_id=each.hypothesis, entity_id=name) for name in sorted(each.names)]
            transaction.execute(insert(ClaimNameRow), rows)
        values = dict(direction=each.direction, stance=each.stance, due=True)
        transaction.execute(update(_HYPOTHESIS).where(_HYPOTHESIS.c.id == each.hypothesis).values(**values))


def stances(transaction: Transaction) -> Iterator[tuple[str, str, str | None]]:
    """Every hypothesis, with its stance and the first of its kin."""
    columns = _HYPOTHESIS.c.id, _HYPOTHESIS.c.stance, _HYPOTHESIS.c.kin
    return (tuple(row) for row in transaction.execute(select(*columns)))


def set_kin(transaction: Transaction, kin: Mapping[str, str | None]) -> None:
    """Stores for these hypotheses the first of those that say nearly the same."""
    if kin:
        of_one = update(_HYPOTHESIS).where(_HYPOTHESIS.c.id == bindparam("name")).values(kin=bindparam("first"))
        transaction.execute(of_one, [dict(name=name, first=first) for name, first in kin.items()])


def replace(transaction: Transaction, page: int, relations: Iterable[Relation]) -> None:
    """Puts these in the place of all relations of the page."""
    transaction.execute(delete(RelationRow).where(col(RelationRow.page_id) == page))
    add(transaction, page, relations)


def add(transaction: Transaction, page: int, relations: Iterable[Relation]) -> None:
    """Stores relations that the page does not have yet."""
    rows = [
        dict(page_id=page, hypothesis_id=each.hypothesis, relevance=each.relevance, reasons=to_json(each.reasons))
        for each in relations
    ]
    if rows:
        transaction.execute(insert(RelationRow), rows)


def forget(transaction: Transaction, names: Collection[str], but: Collection[int]) -> None:
    """Removes all relations of these hypotheses, but for those to the pages in these rows."""
    hypothesis, page = col(RelationRow.hypothesis_id), col(RelationRow.page_id)
    for name in names:
        stored = transaction.execute(select(page).where(hypothesis == name)).scalars()
        for row in [each for each in stored if each not in but]:
            transaction.execute(delete(RelationRow).where(page == row, hypothesis == name))


def pages_done(transaction: Transaction, pages: Sequence[DuePage]) -> None:
    """These pages are due no more, unless their text has changed since it was read."""
    done = update(_PAGE).where(_PAGE.c.id == bindparam("row"), _PAGE.c.digest == bindparam("read")).values(due=False)
    if pages:
        transaction.execute(done, [dict(row=page.row, read=page.digest) for page in pages])


def hypotheses_done(transaction: Transaction, read: Mapping[str, str]) -> None:
    """These hypotheses are due no more, unless they were stored anew since they were read."""
    done = update(_HYPOTHESIS).where(
        _HYPOTHESIS.c.id == bindparam("name"), _HYPOTHESIS.c.imported_at == bindparam("read")
    )
    if read:
        transaction.execute(done.values(due=False), [dict(name=name, read=at) for name, at in read.items()])


def related(store: Store, page: str | None = None, hypothesis: str | None = None) -> list[tuple[str, Relation]]:
    """Every relation with its page's slug, of one page or one hypothesis; the most relevant first."""
    columns = _PAGE.c.slug, *table(RelationRow).columns
    wanted: Any = select(*columns).join(_PAGE, _PAGE.c.id == col(RelationRow.page_id))
    if page is not None:
        wanted = wanted.where(_PAGE.c.slug == page)
    if hypothesis is not None:
        wanted = wanted.where(col(RelationRow.hypothesis_id) == hypothesis)
    with store.reading() as transaction:
        rows = transaction.execute(wanted.order_by(col(RelationRow.relevance).desc(), _PAGE.c.slug)).all()
    return [(row.slug, Relation(row.hypothesis_id, row.relevance, from_json(row.reasons))) for row in rows]


def decide(transaction: Transaction, page: str, hypothesis: str, because: str | None, never: bool) -> None:
    """A curator's word on one pair, in the place of an earlier one."""
    name = hypothesis_id(hypothesis)
    transaction.execute(
        delete(ListingRow).where(col(ListingRow.page_slug) == page, col(ListingRow.hypothesis_id) == name)
    )
    transaction.execute(insert(ListingRow).values(page_slug=page, hypothesis_id=name, because=because, never=never))
    hypothesis_due(transaction, name)


def count_due(transaction: Transaction) -> int:
    """How many pages and hypotheses are due."""
    counts = (select(func.count()).select_from(each).where(each.c.due) for each in (_PAGE, _HYPOTHESIS))
    return sum(transaction.execute(each).scalar_one() for each in counts)


def _gathered(transaction: Transaction, key: Any, value: Any, *where: Any) -> dict[Any, frozenset[int]]:
    found: dict[Any, set[int]] = defaultdict(set)
    for each, entity in transaction.execute(select(key, value).where(*where)):
        found[each].add(entity)
    return {each: frozenset(values) for each, values in found.items()}

"""Entities, their names, and which goes with which, in and out."""

from collections.abc import Iterator

from sqlalchemy import insert, select, update
from sqlmodel import col

from exchange.domain.alias import Alias, Given
from exchange.domain.identity import slug
from exchange.domain.nomenclature import Association, Described, Nomenclature
from exchange.domain.page import Entity
from exchange.store.engine import Transaction, inserted
from exchange.store.tables import AliasRow, EntityLinkRow, EntityRow

_WEIGHTS = {given: weight for weight, given in enumerate(Given)}
_Names = dict[str, tuple[str, Given]]


def number(transaction: Transaction, entity: Entity, given: Given) -> int:
    """The number of the entity's row, made if need be; its name, given so, and its slug become aliases.

    A slug that is a synonym of one known entity of the kind leads to that one: `genes/adrp` is PLIN2.
    """
    found = select(col(EntityRow.id)).where(col(EntityRow.path) == entity.path, col(EntityRow.slug) == entity.slug)
    row = transaction.execute(found).scalar_one_or_none()
    if row is None:
        row = _by_synonym(transaction, entity)
    if row is None:
        row = inserted(transaction, insert(EntityRow).values(**entity.model_dump()))
    spelt = {slug(entity.name): (slug(entity.name), Given.SLUG)} if entity.name.isascii() else {}
    names = {
        **spelt,
        entity.slug.lower(): (entity.slug.lower(), Given.SLUG),
        entity.name.casefold(): (entity.name, given),
    }
    known = select(col(AliasRow.name), col(AliasRow.given)).where(col(AliasRow.entity_id) == row)
    _name(transaction, row, names, {each.name: Given(each.given) for each in transaction.execute(known)})
    return row


def aliases(transaction: Transaction) -> list[Alias]:
    """All names of all entities."""
    keys = {row: key for key, row in ids(transaction).items()}
    given = {each.value: each for each in Given}
    rows = transaction.execute(select(col(AliasRow.entity_id), col(AliasRow.spelling), col(AliasRow.given)))
    return [Alias(keys[row], spelling, given[how]) for row, spelling, how in rows]


def ids(transaction: Transaction) -> dict[str, int]:
    """Every entity's key (`path/slug`) -> the number of its row."""
    rows = transaction.execute(select(col(EntityRow.id), col(EntityRow.path), col(EntityRow.slug)))
    return {f"{row.path}/{row.slug}": row.id for row in rows}


def add(transaction: Transaction, said: Nomenclature) -> tuple[int, int, int]:
    """Stores entities, names and associations; how many of each are new. What is known already is left as it is."""
    book = _Book(transaction)
    for described in said.entities:
        book.enter(described)
    for association in said.associations:
        book.associate(association)
    return book.write()


class _Book:
    """All entities in memory while many are entered: a query for each would take minutes."""

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        rows = transaction.execute(
            select(col(EntityRow.id), col(EntityRow.path), col(EntityRow.slug), col(EntityRow.curie))
        )
        self.rows: dict[str, int] = {}
        self.curies: dict[str, int] = {}
        self.identified: dict[int, str] = {}
        for row, path, name, curie in rows:
            self.rows[f"{path}/{name}"] = row
            if curie:
                self.curies[curie] = row
                self.identified[row] = curie
        known = transaction.execute(select(col(AliasRow.entity_id), col(AliasRow.name), col(AliasRow.given)))
        self.names = {(row, name): Given(given) for row, name, given in known}
        edges = select(col(EntityLinkRow.entity_id), col(EntityLinkRow.other_id), col(EntityLinkRow.source))
        self.edges = {tuple(edge) for edge in transaction.execute(edges)}
        self.next = max(self.rows.values(), default=0) + 1
        self.new_rows: list[dict[str, object]] = []
        self.new_names: dict[tuple[int, str], tuple[str, Given]] = {}
        self.changed_names: dict[tuple[int, str], tuple[str, Given]] = {}
        self.new_curies: dict[int, str] = {}
        self.new_edges: list[dict[str, object]] = []

    def enter(self, described: Described) -> int | None:
        """The number of the entity's row; None for one that has no name yet, and is not known by its identifier."""
        row = self._found(described)
        if row is None:
            if described.name is None:
                return None
            row = self._made(described)
        if described.curie and row not in self.identified:
            self.identified[row] = self.new_curies[row] = described.curie
            self.curies[described.curie] = row
        names = [(name, Given.SYNONYM) for name in described.synonyms]
        for spelling, given in [(described.name, Given.NAME), *names] if described.name else names:
            self._alias(row, str(spelling), given)
        return row

    def associate(self, association: Association) -> None:
        one, other = self.enter(association.one), self.enter(association.other)
        if one is None or other is None or (one, other, association.source) in self.edges:
            return
        self.edges.add((one, other, association.source))
        self.new_edges.append(dict(entity_id=one, other_id=other, source=association.source))

    def write(self) -> tuple[int, int, int]:
        made = {row["id"] for row in self.new_rows}
        for values in self.new_rows:
            values["curie"] = self.identified.get(int(str(values["id"])))
        tables = (
            (EntityRow, self.new_rows),
            (AliasRow, list(_alias_rows(self.new_names))),
            (EntityLinkRow, self.new_edges),
        )
        for table, rows in tables:
            if rows:
                self.transaction.execute(insert(table), rows)
        for row, curie in self.new_curies.items():
            if row not in made:
                self.transaction.execute(update(EntityRow).where(col(EntityRow.id) == row).values(curie=curie))
        for (row, name), (spelling, given) in self.changed_names.items():
            _respell(self.transaction, row, name, spelling, given)
        return len(self.new_rows), len(self.new_names) + len(self.changed_names), len(self.new_edges)

    def _found(self, described: Described) -> int | None:
        if described.curie and described.curie in self.curies:
            return self.curies[described.curie]
        row = self.rows.get(_key(described))
        other = row is not None and described.curie and self.identified.get(row, described.curie) != described.curie
        return None if other else row

    def _made(self, described: Described) -> int:
        key = _key(described)
        if key in self.rows:
            key = f"{key}-{slug((described.curie or '').rpartition(':')[2])}"
        row, self.next = self.next, self.next + 1
        self.rows[key] = row
        path, _, name = key.partition("/")
        self.new_rows.append(dict(id=row, path=path, slug=name, name=described.name))
        self._alias(row, name.lower(), Given.SLUG)
        return row

    def _alias(self, row: int, spelling: str, given: Given) -> None:
        at = (row, spelling.casefold())
        known = self.names.get(at)
        if known is not None and _WEIGHTS[known] <= _WEIGHTS[given]:
            return
        self.names[at] = given
        new = known is None or at in self.new_names
        (self.new_names if new else self.changed_names)[at] = (spelling, given)


def _key(described: Described) -> str:
    return f"{described.path}/{described.slug or slug(described.name or '') or 'unnamed'}"


def _by_synonym(transaction: Transaction, entity: Entity) -> int | None:
    names = {entity.slug.lower(), entity.slug.lower().replace("-", " ")}
    rows = transaction.execute(
        select(col(EntityRow.id))
        .join(AliasRow, col(AliasRow.entity_id) == col(EntityRow.id))
        .where(col(EntityRow.path) == entity.path, col(AliasRow.name).in_(names), col(EntityRow.curie).is_not(None))
        .where(col(AliasRow.given).in_((Given.NAME, Given.SYNONYM)))
        .distinct()
    ).scalars()
    found = list(rows)
    return found[0] if len(found) == 1 else None


def _name(transaction: Transaction, row: int, names: _Names, known: dict[str, Given]) -> None:
    new = {(row, name): each for name, each in names.items() if name not in known}
    if new:
        transaction.execute(insert(AliasRow), list(_alias_rows(new)))
    for name, (spelling, given) in names.items():
        if name in known and _WEIGHTS[given] < _WEIGHTS[known[name]]:
            _respell(transaction, row, name, spelling, given)


def _respell(transaction: Transaction, row: int, name: str, spelling: str, given: Given) -> None:
    transaction.execute(
        update(AliasRow)
        .where(col(AliasRow.entity_id) == row, col(AliasRow.name) == name)
        .values(spelling=spelling, given=given)
    )


def _alias_rows(names: dict[tuple[int, str], tuple[str, Given]]) -> Iterator[dict[str, object]]:
    for (row, name), (spelling, given) in names.items():
        yield dict(entity_id=row, name=name, spelling=spelling, given=given.value)

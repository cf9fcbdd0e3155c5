"""Entities and their names, one by one as pages bring them, and many at once as lists do."""

import pytest

from exchange.domain.alias import Alias, Given
from exchange.domain.nomenclature import Association, Described, Nomenclature
from exchange.domain.page import Entity
from exchange.store import entities, relations
from exchange.store.engine import Store
from tests.jobs.holding import rows

ASTROCYTES = Entity(path="cell-types", slug="astrocytes", name="Astrocytes")
PLIN2 = Described("genes", "PLIN2", "NCBIGene:123", synonyms=("ADRP", "ADFP"))
OBESITY = Described("diseases", "obesity", "DOID:9970")


def test_an_entity_is_known_by_its_name_and_its_slugs(store: Store) -> None:
    _number(store, Entity(path="genes", slug="plin2", name="PLIN2 (perilipin 2)"), Given.TITLE)

    assert set(_aliases(store)) == {
        Alias("genes/plin2", "PLIN2 (perilipin 2)", Given.TITLE),
        Alias("genes/plin2", "plin2-perilipin-2", Given.SLUG),
        Alias("genes/plin2", "plin2", Given.SLUG),
    }


def test_an_entity_that_is_linked_under_another_name_bears_both(store: Store) -> None:
    for name in ("Astrocytes", "Astroglia"):
        _number(store, ASTROCYTES.model_copy(update={"name": name}), Given.LINK)

    assert {alias.spelling for alias in _aliases(store)} == {"Astrocytes", "Astroglia"}


def test_a_name_of_a_link_becomes_more_where_a_title_has_it(store: Store) -> None:
    for given in (Given.LINK, Given.TITLE, Given.LINK):
        _number(store, ASTROCYTES, given)

    assert _aliases(store) == [Alias("cell-types/astrocytes", "Astrocytes", Given.TITLE)]


def test_a_list_brings_names_and_identifiers(store: Store) -> None:
    assert _add(store, PLIN2) == (1, 3, 0)
    assert rows(store, "path, slug, name, curie FROM entity") == [("genes", "plin2", "PLIN2", "NCBIGene:123")]


def test_a_list_that_is_added_again_changes_nothing(store: Store) -> None:
    _add(store, PLIN2)

    assert _add(store, PLIN2) == (0, 0, 0)


def test_a_list_adds_to_what_a_page_brought(store: Store) -> None:
    _number(store, Entity(path="genes", slug="plin2", name="perilipin"), Given.LINK)
    _add(store, PLIN2)

    assert rows(store, "slug, name, curie FROM entity") == [("plin2", "perilipin", "NCBIGene:123")]


def test_two_genes_of_one_symbol_are_two_entities(store: Store) -> None:
    _add(store, Described("genes", "TEC", "NCBIGene:7006"), Described("genes", "TEC", "NCBIGene:100124696"))

    assert rows(store, "slug FROM entity ORDER BY id") == [("tec",), ("tec-100124696",)]


def test_a_synonym_without_a_name_waits_for_nobody(store: Store) -> None:
    assert _add(store, Described("diseases", None, "DOID:1", synonyms=("gout",))) == (0, 0, 0)


def test_a_link_to_a_synonym_leads_to_the_entity(store: Store) -> None:
    _add(store, PLIN2)
    _number(store, Entity(path="genes", slug="adrp", name="the coat protein"), Given.LINK)

    assert rows(store, "slug FROM entity") == [("plin2",)]


@pytest.mark.parametrize("first", [True, False])
def test_an_association_is_found_from_either_end(store: Store, first: bool) -> None:
    with store.writing() as transaction:
        entities.add(transaction, Nomenclature(associations=(Association(PLIN2, OBESITY, "a list"),)))
        numbers = entities.ids(transaction)
        gene, disease = numbers["genes/plin2"], numbers["diseases/obesity"]
        found = relations.beside(transaction)

    assert found[gene if first else disease] == {disease if first else gene}


def _add(store: Store, *described: Described) -> tuple[int, int, int]:
    with store.writing() as transaction:
        return entities.add(transaction, Nomenclature(entities=described))


def _number(store: Store, entity: Entity, given: Given) -> int:
    with store.writing() as transaction:
        return entities.number(transaction, entity, given)


def _aliases(store: Store) -> list[Alias]:
    with store.reading() as transaction:
        return entities.aliases(transaction)

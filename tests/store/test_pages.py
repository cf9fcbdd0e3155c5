"""Pages, in and out."""

import pytest

from exchange.domain.page import Entity, Page
from exchange.errors import NotFound
from exchange.store import pages
from exchange.store.engine import Store
from tests.store.rows import count

PLIN2 = Entity(path="genes", slug="plin2", name="PLIN2 (perilipin 2)")
ASTROCYTES = Entity(path="cell-types", slug="astrocytes", name="Astrocytes")


@pytest.mark.parametrize("name", ["genes-plin2", "wiki-genes-plin2", "wp-7"])
def test_a_page_is_found_by_each_of_its_names(store: Store, name: str) -> None:
    _save(store, _page())

    assert pages.page(store, name) == _page()


def test_an_unknown_page_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="'genes-nix'"):
        pages.page(store, "genes-nix")


def test_a_page_that_is_new_is_a_change(store: Store) -> None:
    assert _save(store, _page())


def test_a_page_imported_again_changes_nothing(store: Store) -> None:
    _save(store, _page())

    assert not _save(store, _page())


def test_a_page_whose_text_changed_replaces_the_older_one(store: Store) -> None:
    _save(store, _page())
    _save(store, _page("Other words."))

    assert [page.body for page in pages.pages(store, ("genes-plin2",))] == ["Other words."]


def test_a_link_that_a_page_has_lost_is_lost_here_too(store: Store) -> None:
    _save(store, _page(links=(ASTROCYTES,)))
    _save(store, _page(links=()))

    assert count(store, "page_link") == 0


def test_pages_are_listed_by_slug(store: Store) -> None:
    for slug in ("genes-b", "genes-a"):
        _save(store, _page().model_copy(update={"slug": slug}))

    assert pages.slugs_and_titles(store) == [("genes-a", "PLIN2"), ("genes-b", "PLIN2")]


def _page(body: str = "It coats droplets.", links: tuple[Entity, ...] = ()) -> Page:
    return Page(
        slug="genes-plin2",
        title="PLIN2",
        body=body,
        source=body,
        links=links,
        artifact="wiki-genes-plin2",
        metadata={"wiki_page_id": "wp-7"},
    )


def _save(store: Store, page: Page) -> bool:
    with store.writing() as transaction:
        return pages.save(transaction, page, PLIN2)

"""Where pages and hypotheses are found on the wiki."""

import pytest

from exchange.domain.page import Page
from exchange.pages.addresses import hypothesis_url, page_url


def page(slug: str, artifact: str | None = None) -> Page:
    return Page(slug=slug, title="X", body="X.", source="X.", artifact=artifact)


@pytest.mark.parametrize("site", ["https://wiki.example", "https://wiki.example/"])
def test_a_page_is_found_under_its_artifact_id(site: str) -> None:
    assert page_url(site, page("a", "wiki-b")) == "https://wiki.example/artifact/wiki-b"


def test_a_page_without_artifact_id_has_the_one_of_its_slug() -> None:
    assert page_url("", page("genes-plin2")) == "/artifact/wiki-genes-plin2"


def test_letters_of_other_scripts_are_spelt_as_addresses_spell_them() -> None:
    assert page_url("", page("aβ")) == "/artifact/wiki-a%CE%B2"


def test_a_hypothesis_is_found_under_its_id() -> None:
    assert hypothesis_url("https://wiki.example/bio", "h-3d993b5d") == "https://wiki.example/bio/hypothesis/h-3d993b5d"

"""What the keys that a page cites stand for."""

from pathlib import Path

from exchange.domain.page import Page
from exchange.pages.parse import parse
from exchange.pages.references import missing


def page(*cited: str, **references: str) -> Page:
    return Page(slug="genes-x", title="X", body="X.", source="X.", cited=cited, references=references)


def test_keys_without_a_reference_are_named() -> None:
    told = missing(page("a2017", "b2018", b2018="B, 2018"))

    assert told == "1 of 2 cited keys have no reference on the page genes-x: a2017."


def test_where_all_are_there_nothing_is_said() -> None:
    assert missing(page("b2018", b2018="B, 2018")) == ""


def test_of_many_missing_keys_the_first_twenty_are_named() -> None:
    assert missing(page(*(f"k{number}" for number in range(30)))).endswith("k19 ….")


def test_a_real_page_lacks_all_its_twelve_references(shared: Path) -> None:
    text = (shared / "pages" / "wiki-therapeutics-zolgensma.txt").read_text()

    assert missing(parse(text, "wiki-therapeutics-zolgensma")).startswith("12 of 12 cited keys have no reference")

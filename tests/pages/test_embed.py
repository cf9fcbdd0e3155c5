"""Snippets that others paste into pages of theirs."""

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from exchange.errors import ConfigError
from exchange.pages.embed import embed, snippet
from exchange.pages.render.escape import plain
from tests import hostile

SITE = "https://wiki.example"
PARSER = MarkdownIt()
PATH = "/hypothesis/h-0e9a3b1c"
TITLES = st.one_of(st.text(min_size=1), st.sampled_from(hostile.OURS))


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def links(markdown: str) -> list[str]:
    tokens = [child for token in PARSER.parse(markdown) for child in token.children or []]
    assert not [token for token in tokens if token.type in ("html_inline", "image")]
    return [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]


def test_a_frame_leads_to_the_page_without_furniture() -> None:
    ((tag, attributes),) = Tags(embed("PLIN2", PATH, SITE).html).found

    assert (tag, attributes["src"]) == ("iframe", "https://wiki.example/hypothesis/h-0e9a3b1c?embed=1")


def test_a_frame_runs_no_script_and_sends_no_form() -> None:
    ((_, attributes),) = Tags(embed("PLIN2", PATH, SITE).html).found

    assert attributes["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"


def test_a_frame_needs_no_inline_style() -> None:
    ((_, attributes),) = Tags(embed("PLIN2", PATH, SITE).html).found

    assert "style" not in attributes


@given(TITLES)
def test_no_title_leaves_its_attribute(title: str) -> None:
    ((tag, attributes),) = Tags(embed(title, PATH, SITE).html).found

    assert (tag, attributes["title"]) == ("iframe", plain(title))


def test_no_hostile_title_leaves_its_attribute() -> None:
    for title in hostile.words():
        assert [tag for tag, _ in Tags(embed(title, PATH, SITE).html).found] == ["iframe"]


@given(TITLES)
def test_no_title_becomes_a_link_of_its_own(title: str) -> None:
    assert links(embed(title, PATH, SITE).markdown) == [SITE + PATH]


def test_no_hostile_title_becomes_a_link_of_its_own() -> None:
    for title in hostile.words():
        assert links(embed(title, PATH, SITE).markdown) == [SITE + PATH]


def test_without_a_site_there_is_nothing_to_embed() -> None:
    with pytest.raises(ConfigError, match="There is no base address to build the link from"):
        embed("PLIN2", PATH, "")


def test_json_holds_both_snippets() -> None:
    made = embed("PLIN2", PATH, SITE)

    assert json.loads(snippet(made, "json")) == made.model_dump()

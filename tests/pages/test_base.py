"""Every link that leaves Exchange is built from the wiki's base address, but for those that authors wrote to other sites."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from exchange.config import bands
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.page import Page
from exchange.domain.relation import Reason, Relation
from exchange.pages import cite, embed
from exchange.pages.addresses import hypothesis_url, page_url
from exchange.pages.hosts import html as html_host
from exchange.pages.hosts import markdown as markdown_host
from exchange.pages.links import from_root, on
from exchange.pages.parse import parse
from exchange.pages.provenance import Kind, Node, Provenance, prov_json
from exchange.pages.related import FoundHypothesis, Related, shown
from exchange.pages.render import RENDERERS
from exchange.pages.render.html import section
from exchange.pages.render.sheet import sheet_html
from tests import events
from tests.browser import samples

SITE = "https://wiki.example/base"
ELSEWHERE = "https://a.org/x"
HOST = MarkdownIt("commonmark", {"html": True}).enable("table")
HOST.validateLink = lambda _: True  # type: ignore[assignment,method-assign] # one that checks no link
ADDRESSES = st.one_of(
    st.sampled_from(
        [
            ELSEWHERE,
            "/genes/plin2",
            "/a(b)c",
            "/x y",
            "/ü",
            "/a&amp;b",
            "/a%2e%2e/b",
            "/../x",
            "/%2E%2e/x",
            "x.html?q=1:2",
            "../../../x",
            "..",
            ".",
            "#top",
            "?q",
            "//evil.example/x",
            "javascript:alert(1)",
            "https://wiki.example.evil.example/base/x",
        ]
    ),
    st.text(st.sampled_from("/.?#&;:%2eEaü ()<>\\\"'"), max_size=12),
)
FORMS = ("[a link]({})", "[a link](<{}>)", "![a picture]({})", "[a link][1]\n\n[1]: {}", '[a link]({} "title")', "<{}>")
TEXTS = st.tuples(st.sampled_from(FORMS), ADDRESSES).map(lambda pair: pair[0].replace("{}", pair[1]))


class Hrefs(HTMLParser):
    """Whatever an element leads to or loads."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 # its signature
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]


def in_html(text: str) -> list[str]:
    return Hrefs(text).found


def in_markdown(text: str) -> list[str]:
    return in_html(str(HOST.render(text)))


def in_wikitext(text: str) -> list[str]:
    return re.findall(r"\[(\S+) ", text)


def in_json(text: str) -> list[str]:
    def addresses(found: Any) -> Iterator[str]:
        for name, value in found.items() if isinstance(found, dict) else ():
            if name in ("url", "debate_url", "frame", "URL") and value is not None:
                yield value
        for value in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
            yield from addresses(value)

    return list(addresses(json.loads(text)))


READ = {
    "html": in_html,
    "markdown": in_markdown,
    "legacy": in_markdown,
    "wikitext": in_wikitext,
    "json": in_json,
    "json-ld": in_json,
}


def is_ours(found: str) -> bool:
    """Below the base address, and still there when dots have led up; or what the author wrote."""
    undotted = re.sub("%2e", ".", found, flags=re.IGNORECASE)
    return found == ELSEWHERE or (found.startswith(f"{SITE}/") and "/../" not in f"{undotted}/")


def related() -> Related:
    about = Hypothesis(id="h-00000001", title="PLIN2 protects", targets=("PLIN2",))
    found = (events.scored(0.7, debate="d-00000000000a"), events.imported(0.7), None)
    return Related(
        slug="a",
        hypotheses=tuple(
            shown(about, each, (), Relation("h-00000001", 1.0, (Reason("listed"),)), SITE, bands()) for each in found
        ),
    )


def page(text: str) -> Page:
    return parse("# A\n\nText.\n", "a").model_copy(update=dict(body=text, infobox=(("Label", text), (text, "Value"))))


@pytest.mark.parametrize("format", RENDERERS)
@given(texts=st.lists(TEXTS, max_size=4))
def test_every_link_of_a_page_is_below_the_base_address(format: str, texts: list[str]) -> None:
    found = READ[format](RENDERERS[format](page("\n\n".join(texts)), related(), SITE))

    assert [each for each in found if not _allowed(each)] == []
    assert found


def _allowed(found: str) -> bool:
    """An author's own link to the web is kept as it is; what is relative is not."""
    return is_ours(found) or (found.startswith(("http://", "https://")) and not found.startswith(f"{SITE}/"))


@pytest.mark.parametrize("format", ["html", "markdown", "wikitext"])
@pytest.mark.parametrize("form", ["[a]({})", "[a](<{}>)", '[a]({} "title")', "[a][1]\n\n[1]: {}", "- [a]({})"])
def test_a_link_from_the_root_is_put_below_the_base_address(format: str, form: str) -> None:
    text = RENDERERS[format](page(form.replace("{}", "/genes/plin2")), Related(slug="a"), SITE)

    assert f"{SITE}/genes/plin2" in READ[format](text)


@pytest.mark.parametrize("format", ["html", "markdown", "wikitext"])
def test_a_link_from_the_page_is_put_below_the_pages_address(format: str) -> None:
    text = RENDERERS[format](page("[a](#top)"), Related(slug="a"), SITE)

    assert f"{SITE}/artifact/wiki-a#top" in READ[format](text)


@pytest.mark.parametrize("out", ["/../x", "/%2e%2E/x", "../../../x", "/a/../../x"])
def test_no_address_leads_out_of_the_site(out: str) -> None:
    assert on(SITE, out, f"{SITE}/artifact/a") is None


def test_no_definition_behind_another_makes_a_link_of_an_infobox() -> None:
    body = "\n\n".join(f"[1]: javascript:alert({number})" for number in range(20))
    made = page(body).model_copy(update={"infobox": (("[a][1]", "[1]"),)})

    assert in_markdown(RENDERERS["markdown"](made, Related(slug="a"), SITE)) == []


def test_what_hosts_show_is_below_the_base_address() -> None:
    (item, *_) = related().hypotheses
    found = FoundHypothesis(id=item.id, hypothesis=item)
    made = [
        *in_html(section(related(), SITE)),
        *in_html(html_host.line(found)),
        *in_markdown(markdown_host.line(found)),
    ]

    assert (len(made), [each for each in made if not each.startswith(f"{SITE}/")]) == (6, [])


def test_tear_sheets_citations_and_snippets_are_below_the_base_address() -> None:
    sheet = samples.sheet()
    standing = sheet.standing.model_copy(update={"url": hypothesis_url(SITE, sheet.standing.id)})
    made = in_html(sheet_html(sheet.model_copy(update={"standing": standing}), SITE))
    snippets = embed.embed("A", "/hypothesis/h-00000001", SITE)
    cited = cite.Citable(name="a", title="A", at=events.AT, digest="0" * 64, url=page_url(SITE, page("Text.")))
    made += in_html(snippets.html) + in_markdown(snippets.markdown) + in_json(embed.snippet(snippets, "json"))
    made += [each["URL"] for each in json.loads(cite.csl_json(cited))]
    made += re.findall(r"url = {(.*)}", cite.bibtex(cited)) + re.findall(r"UR  - (.*)\r", cite.ris(cited))
    # The picture of a sheet is drawn by its own names.
    made = [each for each in made if not each.startswith("#")]

    assert (len(made) >= 8, [each for each in made if not each.startswith(f"{SITE}/")]) == (True, [])


def test_names_in_provenance_are_below_the_base_address() -> None:
    node = Node(id="page/a", kind=Kind.PAGE, label="A", table="page", row="slug = 'a'")
    told = Provenance(about="a", title="A", nodes=(node,), edges=())

    assert json.loads(prov_json(told, SITE))["prefix"] == {"ex": f"{SITE}/provenance/"}


@pytest.mark.parametrize("form", ["[a]({})", "[a][1]\n\n[1]: {}"])
def test_a_page_that_was_shown_on_the_site_is_read_back_with_its_links_from_the_root(form: str) -> None:
    once = parse(f"# A\n\n{form.replace('{}', '/genes/plin2')} coats droplets.\n", "a")
    shown = RENDERERS["markdown"](once, Related(slug="a"), SITE)

    assert parse(from_root(SITE, shown), "a").model_copy(update={"source": once.source}) == once


def test_a_link_to_a_site_whose_name_begins_alike_is_not_the_wikis_own() -> None:
    text = "[a](https://wiki.example/basement/x)"

    assert from_root(SITE, text) == text

"""Hostile words, and hostile documents made of them: many in one, so that a browser can be asked about all."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from markdown_it import MarkdownIt

from exchange.domain.page import Page
from exchange.pages import words as exchange_words
from exchange.pages.parse import parse
from exchange.pages.related import Related
from exchange.pages.render import RENDERERS
from exchange.pages.render.drawing import sheet_svg
from exchange.pages.render.html import environment
from exchange.pages.render.sheet import told
from tests.browser import samples

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def collected(shared: Path) -> list[str]:
    """4,262 payloads of markup and 263 naughty strings."""
    names = ("xss.jsonl", "naughty_strings.jsonl")
    lines = [line for name in names for line in (shared / "data" / "hostile" / name).read_text("utf-8").split("\n")]
    return [json.loads(line)["text"] for line in lines if line]


def careless(markdown: str) -> str:
    """What a host makes of Markdown that allows HTML and checks no link."""
    host = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    host.validateLink = lambda _: True  # type: ignore[assignment,method-assign] # it checks none
    return f"<!doctype html><title>A page</title>{host.render(markdown)}"


def hostile_page(words: Sequence[str]) -> Page:
    """Whose title, infobox and body are these words, each in a paragraph of its own, and each as a link's address."""
    body = "\n\n".join([*words, *(f"[a link](<{each}>)" for each in words), *(f"[a link]({each})" for each in words)])
    rows = tuple((each, each) for each in words)
    page = parse("# A\n\nText.\n", "a")
    return page.model_copy(update=dict(title=" ".join(words), body=body, infobox=rows, cited=tuple(words)))


def _html(page: Page, related: Related) -> str:
    return _bare(RENDERERS["html"](page, related, ""))


def _bare(document: str) -> str:
    """Without its policy and its style, so that neither stands in for what should have been escaped."""
    return _STYLE.sub("", _POLICY.sub("", document))


PAGES: dict[str, Callable[[Page, Related], str]] = {
    "html": _html,
    "markdown": lambda page, related: careless(RENDERERS["markdown"](page, related, "")),
    "legacy": lambda page, related: careless(RENDERERS["legacy"](page, _addressed(related), "")),
    "json-ld": lambda page, related: (
        f'<!doctype html><script type="application/ld+json">{RENDERERS["json-ld"](page, related, "")}</script>'
    ),
}
"""Each renderer that a browser shows, as a document."""


def _addressed(related: Related) -> Related:
    """With the addresses that Exchange makes: the legacy format has no others."""
    items = (
        each.model_copy(update={"url": "https://wiki.example/hypothesis/h-00000001"}) for each in related.hypotheses
    )
    return related.model_copy(update={"hypotheses": tuple(items)})


def sheets(words: Sequence[str]) -> Iterator[str]:
    """The bodies of tear-sheets in HTML, without the plots, which `drawings` has."""
    body = environment().get_template("sheet_body.html")
    for each in words:
        known = told(samples.sheet(each, "mechanism", history=False), figures=False)
        yield body.render(site="", words=exchange_words, **known)


def drawing(words: str) -> str:
    """A tear-sheet as SVG."""
    return sheet_svg(samples.sheet(words, "mechanism"))

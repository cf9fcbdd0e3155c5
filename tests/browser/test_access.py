"""Pages can be read by everybody: axe finds nothing, in light and dark, under a strict policy and on paper."""

import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser

from exchange.config import bands
from exchange.pages.render.html import html, style
from exchange.pages.render.sheet import sheet_html
from tests.browser import samples
from tests.browser.chromium import Watched

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
STRICT = "default-src 'none'; style-src 'self'"


def page(stylesheet: str | None = None) -> str:
    return html(samples.page(), samples.related(), samples.SITE, stylesheet)


def tear_sheet(stylesheet: str | None = None) -> str:
    return sheet_html(samples.sheet(), samples.SITE, stylesheet)


DOCUMENTS = {"page": page, "tear-sheet": tear_sheet}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_axe_finds_nothing(browser: Browser, name: str, scheme: str) -> None:
    watched = Watched(browser, scheme)
    shown = watched.show(DOCUMENTS[name]())
    shown.evaluate(AXE)
    found = shown.evaluate("() => axe.run()")
    watched.close()

    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_page_that_links_its_stylesheet_needs_nothing_else_under_a_strict_policy(watched: Watched, name: str) -> None:
    watched.give("/exchange.css", style(), "text/css")
    shown = watched.show(DOCUMENTS[name]("/exchange.css"), content_security_policy=STRICT)
    badge = shown.eval_on_selector(".exchange-badge", "found => getComputedStyle(found).borderTopWidth")

    assert (watched.errors, watched.requests, badge) == ([], [], "2px")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_pages_own_policy_lets_its_own_style_in(watched: Watched, name: str) -> None:
    shown = watched.show(DOCUMENTS[name]())
    badge = shown.eval_on_selector(".exchange-badge", "found => getComputedStyle(found).borderTopWidth")

    assert (watched.errors, badge) == ([], "2px")


def test_a_tear_sheet_is_one_printed_page(watched: Watched) -> None:
    printed = watched.show(DOCUMENTS["tear-sheet"]()).pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.mark.parametrize("words", ["W" * 5_000, "long words " * 500, "語" * 5_000])
def test_a_tear_sheet_of_endless_words_is_one_printed_page(watched: Watched, words: str) -> None:
    printed = watched.show(sheet_html(samples.sheet(words), "")).pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.mark.parametrize(("theme", "ground"), [("light", "#ffffff"), ("dark", "#0a0a14")])
def test_the_colours_of_bands_can_be_read_on_their_ground(theme: str, ground: str) -> None:
    assert [each.name for each in bands().bands if contrast(getattr(each, theme), ground) < 4.5] == []


def test_dark_words_can_be_read_on_every_badge() -> None:
    assert [each.name for each in bands().bands if contrast(each.colour, "#1b1b1f") < 4.5] == []


@pytest.mark.parametrize("name", ["ink", "quiet", "link"])
def test_the_colours_of_words_can_be_read_on_the_page(name: str) -> None:
    light, dark = (dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in style().split("@media", 2)[:2])

    assert min(contrast(each[name], each["page"]) for each in (light, dark)) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours, 1 to 21."""
    lower, higher = sorted(map(_luminance, (one, other)))
    return (higher + 0.05) / (lower + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

"""Nothing that anybody writes becomes markup, a link, a dialog or a request in a real browser."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from exchange.pages.links import address
from exchange.pages.related import Related
from exchange.pages.render import RENDERERS
from exchange.pages.render.escape import plain
from tests.browser import attacks, framed, samples
from tests.browser.addresses import HOSTILE
from tests.browser.chromium import Watched

BATCH = 500
SLICE = 40
_SIGNS = re.compile(r"[\[\]{}|<>'=*#~_:]+|https?:")


def batches(words: Sequence[str]) -> list[Sequence[str]]:
    return [words[first : first + BATCH] for first in range(0, len(words), BATCH)]


def happened(watched: Watched) -> tuple[list[str], list[str], list[str]]:
    """What could act, what was asked, what was loaded."""
    return sorted(set(watched.active())), watched.dialogs, watched.requests


@pytest.mark.parametrize("format", ["html", "markdown", "legacy"])
def test_no_collected_attack_acts_in_a_page(watched: Watched, shared: Path, format: str) -> None:
    for words in batches(attacks.collected(shared)):
        watched.show(attacks.PAGES[format](attacks.hostile_page(words), samples.items(words)))

        assert happened(watched) == (["span style"] if format == "legacy" else [], [], [])


def test_no_collected_attack_ends_the_script_that_holds_linked_data(watched: Watched, shared: Path) -> None:
    words = attacks.collected(shared)
    watched.show(attacks.PAGES["json-ld"](attacks.hostile_page(words), samples.items(words)))

    assert happened(watched) == (["script"], [], [])


def test_no_sixth_of_the_attacks_acts_in_a_tear_sheet(watched: Watched, shared: Path) -> None:
    for words in batches(attacks.collected(shared)[::6]):
        watched.show(f"<!doctype html><title>A page</title>{''.join(attacks.sheets(words))}")

        assert happened(watched) == ([], [], [])


def test_no_attack_acts_in_a_drawn_tear_sheet(watched: Watched, shared: Path) -> None:
    words = attacks.collected(shared)
    drawn = [attacks.drawing(each) for each in words[:: len(words) // SLICE]]

    for seen in (framed.in_frames(watched, drawn), framed.inline(watched, drawn)):
        assert seen == (len(drawn), [], [], [], [])


def test_what_watches_frames_notices_what_acts_in_each(watched: Watched) -> None:
    svg = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'
    acting = [
        svg.format("<script>alert(1)</script>"),
        svg.format('<image href="/x"/>'),
        svg.format("<b>"),
        svg.format(""),
    ]
    seen = framed.in_frames(watched, acting)

    assert (seen.active, seen.dialogs, seen.broken) == (["script", "image"], ["1"], ["/drawn-2.svg"])
    assert seen.requests == ["http://pages.test/x"]


def test_what_watches_inline_drawings_notices_what_acts(watched: Watched) -> None:
    acting = '<?xml version="1.0"?>\n<svg><script>alert(1)</script></svg>'
    seen = framed.inline(watched, [acting, "\n<svg><p>out of it</svg>"])

    assert (seen.active, seen.dialogs) == (["script"], ["1"])


def test_what_watches_notices_what_acts(watched: Watched) -> None:
    watched.show("<img src=/x onerror=alert(1)><a href=javascript:alert(1)>x</a>")

    assert (len(watched.active()), watched.dialogs, watched.requests) == (4, ["1"], ["http://pages.test/x"])


def test_there_are_300_hostile_addresses() -> None:
    assert len(HOSTILE) >= 300


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_no_hostile_address_becomes_a_link(watched: Watched, format: str) -> None:
    page = attacks.hostile_page(HOSTILE)
    watched.show(attacks.PAGES[format](page, samples.items(HOSTILE)))
    linked = watched.page.eval_on_selector_all("a[href]", "found => found.map(each => each.getAttribute('href'))")

    assert ([each for each in linked if address(each) is None], watched.active()) == ([], [])


def test_no_hostile_address_is_one_that_may_be_linked() -> None:
    assert [each for each in HOSTILE if address(each)] == []


@pytest.mark.parametrize(
    "good", ["https://a.org/x", "HTTP://a.org", "https://a.org:8080/x?q=1:2#y", "/genes/plin2", "#top", "x.html?q=1:2"]
)
def test_an_address_of_the_web_or_of_the_site_may_be_linked(good: str) -> None:
    assert address(good) == good


def skeleton(words: Sequence[str], wrap: Callable[[Related], str]) -> list[str]:
    bare = [each.model_copy(update={"url": "", "like": ()}) for each in samples.items(words).hypotheses]
    unlinked = Related(slug="a", hypotheses=tuple(bare))
    return _SIGNS.findall(re.sub(r"&#\d+;", "x", wrap(unlinked)))


def test_no_collected_attack_adds_a_sign_to_wikitext(shared: Path) -> None:
    words = [each for each in attacks.collected(shared) if plain(each)]

    def made(related: Related) -> str:
        return RENDERERS["wikitext"](samples.page(), related, "")

    assert skeleton(words, made) == skeleton(["harmless"] * len(words), made)

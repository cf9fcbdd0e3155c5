"""The words of a page are explained on it, in every format but the legacy one."""

import json
import re

import pytest

from exchange.config import bands
from exchange.domain.bands import Certainty
from exchange.domain.event import ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.page import Page
from exchange.domain.relation import Reason, Relation
from exchange.domain.score import State
from exchange.pages.parse import parse
from exchange.pages.related import Related, shown
from exchange.pages.render import RENDERERS
from exchange.pages.words import LEGEND, MEANINGS
from tests import events

CONTESTED = events.scored(state=State.CONTESTED, certainty=Certainty.OPEN, neighbour="green")


def page() -> Page:
    return parse("# A\n\nText.\n", "a")


def about(*scored: ScoreEvent | None, changed: tuple[str, ...] = ()) -> Related:
    found = (Hypothesis(id=f"h-{number:08x}", title=f"Claim {number}") for number in range(1, len(scored) + 1))
    items = (
        shown(each, event, (), Relation(each.id, 1.0, (Reason("listed"),)), "", bands(), changed)
        for each, event in zip(found, scored, strict=True)
    )
    return Related(slug="a", hypotheses=tuple(items))


def explained(format: str, related: Related) -> dict[str, str]:
    """The words that the rendered page explains, as far as one can tell from outside."""
    text = RENDERERS[format](page(), related, "")
    if format == "json":
        legend: dict[str, str] = json.loads(text)["legend"]
        return legend
    form = {"html": r"<dt>(.+)</dt><dd>(.+)</dd>", "markdown": r"^- \*(.+)\*: (.+)$"}[format]
    return dict(re.findall(form, text.replace("&#39;", "'"), re.MULTILINE))


@pytest.mark.parametrize("format", ["html", "markdown", "json"])
def test_the_words_of_a_page_are_explained_on_it(format: str) -> None:
    said = ["contested", "insufficient", "open", "demonstration", "imported", "uncalibrated", "out of date"]
    demonstration = events.scored(None, demonstration=True)
    related = about(CONTESTED, demonstration, events.imported(0.5), changed=("claim",))

    assert explained(format, related) == {"scored": MEANINGS["scored"]} | {word: MEANINGS[word] for word in said}


@pytest.mark.parametrize("format", ["html", "markdown", "json"])
def test_a_word_that_no_hypothesis_has_is_not_explained(format: str) -> None:
    assert list(explained(format, about(None))) == ["not debated"]


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_a_page_without_hypotheses_explains_nothing(format: str) -> None:
    assert LEGEND not in RENDERERS[format](page(), about(), "")


@pytest.mark.parametrize("said", ["contested", "open, perhaps strong", "uncalibrated", "out of date"])
def test_html_explains_a_word_where_it_stands(said: str) -> None:
    html = RENDERERS["html"](page(), about(CONTESTED, changed=("claim",)), "")
    meaning = MEANINGS[said.split(",")[0]].replace("'", "&#39;")

    assert f'title="{meaning}">{said}</span>' in html


@pytest.mark.parametrize("format", ["html", "markdown", "json"])
def test_a_page_names_the_parts_that_have_changed(format: str) -> None:
    text = RENDERERS[format](page(), about(CONTESTED, changed=("claim", "policy")), "")

    assert "Out of date: since the score was given, this has changed: the claim, the policy." in text


def test_markdown_says_the_marks_behind_the_target() -> None:
    text = RENDERERS["markdown"](page(), about(CONTESTED, changed=("claim",)), "")

    assert "contested · uncalibrated · out of date\n" in text


def test_legacy_knows_no_mark_but_a_demonstration() -> None:
    marked = RENDERERS["legacy"](page(), about(CONTESTED, changed=("claim",)), "")

    assert marked == RENDERERS["legacy"](page(), about(CONTESTED), "")


def test_a_state_that_has_no_words_yet_is_shown_all_the_same() -> None:
    (item,) = about(None).hypotheses
    unheard = Related(slug="a", hypotheses=(item.model_copy(update={"state": "unheard of"}),))

    assert ">unheard of</strong>" in RENDERERS["html"](page(), unheard, "")


def test_a_page_in_markdown_is_read_back_without_its_explanations() -> None:
    text = RENDERERS["markdown"](page(), about(CONTESTED, changed=("claim",)), "")

    assert parse(text, "a").body == "Text."

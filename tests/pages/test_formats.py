"""Whatever a reader must know of a score stands in every format, and words that may be said are explained."""

import json
from collections.abc import Callable

import pytest

from exchange.config import bands
from exchange.domain.bands import Certainty
from exchange.domain.event import Cause, Outcome, Resolution, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.relation import Reason, Relation
from exchange.domain.score import Score, State
from exchange.pages import words
from exchange.pages.hosts import html as html_host
from exchange.pages.hosts import markdown as markdown_host
from exchange.pages.parse import parse
from exchange.pages.related import FoundHypothesis, Related, RelatedHypothesis, shown
from exchange.pages.render import RENDERERS
from tests import events

SITE, DEBATE = "https://wiki.example/base", "d-00000000000a"
ADDRESS = f"{SITE}/debate/{DEBATE}"
FORMATS = [name for name in RENDERERS if name != "legacy"]
ABOUT = Hypothesis(id="h-00000001", title="PLIN2 protects", targets=("PLIN2",))
SCORED = events.scored(0.7, certainty=Certainty.OPEN, neighbour="amber", debate=DEBATE, demonstration=True)
NUMBERLESS = events.scored(None, debate=DEBATE)
KNOWN = {
    "number": "0.7",
    "word": "strong",
    "shape": "△",
    "lower bound": "0.35",
    "upper bound": "0.85",
    "certainty": "open",
    "neighbour": "mixed",
    "mark": "demonstration",
    "that nobody curates it": words.NOT_CURATED,
    "date": "2026-11-23",
    "link to the debate": ADDRESS,
    "link to the hypothesis": f"{SITE}/hypothesis/h-00000001",
}


def outcome(resolution: Resolution) -> ScoreEvent:
    said = Outcome(resolution=resolution, source="PMID 1")
    withdrawn = resolution is Resolution.RETRACTED
    cause = Cause.WITHDRAWN if withdrawn else Cause.OUTCOME
    score = Score(state=State.INSUFFICIENT, reason="retracted", policy="cold 2", policy_digest="")
    return ScoreEvent(
        hypothesis=ABOUT.id, cause=cause, score=score if withdrawn else SCORED.score, at=events.AT, outcome=said
    )


def item(event: ScoreEvent | None, said: ScoreEvent | None = None) -> RelatedHypothesis:
    return shown(ABOUT, event, (), Relation("h-00000001", 1.0, (Reason("listed"),)), SITE, bands(), (), said)


def rendered(format: str, event: ScoreEvent | None, said: ScoreEvent | None = None) -> str:
    related = Related(slug="a", hypotheses=(item(event, said),))
    return RENDERERS[format](parse("# A\n\nText.\n", "a"), related, SITE)


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("format", FORMATS)
def test_every_format_says_of_a_score(format: str, known: str) -> None:
    assert KNOWN[known] in rendered(format, SCORED).replace("&#9651;", "△")


@pytest.mark.parametrize("known", ["that nobody curates it", "date", "link to the debate"])
@pytest.mark.parametrize("format", FORMATS)
def test_every_format_says_of_a_debate_without_a_number(format: str, known: str) -> None:
    assert KNOWN[known] in rendered(format, NUMBERLESS)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_dates_an_imported_score_which_no_debate_of_ours_gave(format: str) -> None:
    text = rendered(format, events.imported(0.7))

    assert ("2026-11-23" in text, words.NOT_CURATED in text) == (True, False)


@pytest.mark.parametrize("resolution", Resolution)
@pytest.mark.parametrize("format", RENDERERS)
def test_every_format_says_what_became_of_a_hypothesis(format: str, resolution: Resolution) -> None:
    said = outcome(resolution)

    assert resolution.value in rendered(format, said if said.cause is Cause.WITHDRAWN else SCORED, said)


@pytest.mark.parametrize("resolution", Resolution)
@pytest.mark.parametrize("format", ["html", "markdown", "wikitext", "json"])
def test_a_page_explains_what_became_of_a_hypothesis(format: str, resolution: Resolution) -> None:
    assert words.MEANINGS[resolution] in rendered(format, SCORED, outcome(resolution))


def test_a_page_in_markdown_is_read_back_without_what_an_outcome_means() -> None:
    text = rendered("markdown", SCORED, outcome(Resolution.SUPPORTED))

    assert parse(text, "a").body == "Text."


@pytest.mark.parametrize("resolution", Resolution)
@pytest.mark.parametrize("line", [html_host.line, markdown_host.line])
def test_a_hypothesis_within_a_sentence_says_what_became_of_it(
    line: Callable[[FoundHypothesis], str], resolution: Resolution
) -> None:
    found = FoundHypothesis(id=ABOUT.id, hypothesis=item(SCORED, outcome(resolution)))

    assert f"· {resolution}" in line(found)


def test_what_the_front_door_gives_as_json_has_the_debates_address_and_that_nobody_curates_it() -> None:
    (told,) = json.loads(Related(slug="a", hypotheses=(item(SCORED),)).to_json())["hypotheses"]

    assert (told["note"], told["debate_url"]) == (words.NOT_CURATED, ADDRESS)


def test_json_has_the_marks_and_the_standing_in_words() -> None:
    (told,) = json.loads(rendered("json", SCORED))["related"]["hypotheses"]

    assert (told["marks"], told["standing"][:2]) == (["demonstration"], ["0.70", "(0.35–0.85)"])

"""The plot of a history as SVG."""

import json
import re
import subprocess
import sys
import warnings
from pathlib import Path
from xml.etree import ElementTree

import pytest

from exchange.config import bands
from exchange.domain.bands import Bands
from exchange.domain.event import Outcome, Resolution, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.score import State
from exchange.pages.history import told
from exchange.pages.render.escape import plain
from exchange.pages.render.plots import history_svg
from tests.builders import imported_score, score_event

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "desc", "defs", "style", "g", "path", "use", "text", "clipPath", "rect"}
OUTCOME = Outcome(resolution=Resolution.SUPPORTED, source="PMID 1")
EVENTS = (
    imported_score(0.66, day=1),
    score_event(0.15, 0.3, day=2, demonstration=True),
    score_event(None, day=3),
    score_event(0.45, 0.5, day=4),
    score_event(0.47, 0.5, day=5, within_noise=True),
    score_event(0.57, 0.3, day=6, state=State.CONTESTED),
    score_event(0.57, 0.3, day=7, outcome=OUTCOME),
)
HOSTILE = [
    "</title><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "]]><!-- & --><![CDATA[",
    "&lt;script&gt; &amp; &#x3c;",
    "$x^2$ and $\\frac{1}$ and \\$ and $$",
    "日本語 😀 العربية \u202e olleh",
    "a\x00b\x1b[31m\ud800\ufffe\uffff",
    "x" * 10_000,
]


def drawn(*events: ScoreEvent, title: str = "PLIN2 in glia", table: Bands | None = None) -> str:
    about = Hypothesis.model_construct(id="h-0e9a3b1c", title=title, statement=None, targets=())
    history = told(about, list(enumerate(events, 1)), bands())
    return history_svg(history, table or bands())


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def said(svg: str, name: str) -> str:
    return ElementTree.fromstring(svg).findtext(f"{SVG}{name}") or ""


def test_it_is_the_same_every_time() -> None:
    assert drawn(*EVENTS) == drawn(*EVENTS)


def test_it_is_the_same_in_another_process(tmp_path: Path) -> None:
    program = "from tests.pages.test_plots import EVENTS, drawn; print(drawn(*EVENTS), end='')"
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert ran.stdout == drawn(*EVENTS)


def test_it_is_one_image_that_is_told_in_words() -> None:
    svg = drawn(*EVENTS)

    assert (ElementTree.fromstring(svg).get("role"), said(svg, "title"), said(svg, "desc")) == (
        "img",
        "h-0e9a3b1c: PLIN2 in glia",
        "7 score events, from 2026-11-01 to 2026-11-07. The current score: 0.57 (0.42–0.72) · ◇ mixed (leaning) · "
        "supported: PMID 1.",
    )


def test_its_words_are_text() -> None:
    assert {
        "h-0e9a3b1c: PLIN2 in glia",
        "Current: 0.57 (0.42–0.72) · ◇ mixed (leaning) · supported: PMID 1",
        "△ strong",
        "◇ mixed",
        "▽ weak",
        "2026-11-01",
        "0.40",
    } <= set(texts(drawn(*EVENTS)))


def test_its_legend_names_each_kind_that_is_there() -> None:
    assert {
        "score",
        "contested",
        "demonstration",
        "imported",
        "re-roll within noise",
        "outcome",
        "no number",
        "current score",
        "current event",
    } <= set(texts(drawn(score_event(), *EVENTS)))


def test_its_legend_names_nothing_that_is_not_there() -> None:
    assert {"contested", "demonstration", "no number"} & set(texts(drawn(score_event()))) == set()


def test_an_interval_is_drawn_from_its_low_to_its_high_end() -> None:
    (line,) = re.findall(
        r'd="M ([\d.]+) ([\d.]+)\s+L \1 ([\d.]+)\s*"[^>]*stroke-width="1.8"', drawn(score_event(0.5, 0.4))
    )
    height = 345.6 * 0.63
    bottom = 345.6 * (1 - 0.13)

    assert [round((bottom - float(end)) / height, 3) for end in line[1:]] == [0.3, 0.7]


def test_a_demonstrations_interval_is_dashed() -> None:
    assert [drawn(score_event(demonstration=each)).count('stroke-dasharray="3.6') for each in (True, False)] == [1, 0]


def test_days_that_repeat_have_their_times() -> None:
    assert "09:00" in texts(drawn(score_event(day=1), score_event(day=1)))


def test_days_that_differ_have_no_times() -> None:
    assert "09:00" not in texts(drawn(score_event(day=1), score_event(day=2)))


def test_of_many_events_some_days_are_named() -> None:
    named = [
        text for text in texts(drawn(*(score_event(day=1 + place // 20) for place in range(400)))) if "2026" in text
    ]

    assert (named[0], named[-1], len(named)) == ("2026-11-20", "2026-11-03", 8)


def test_without_events_it_says_so() -> None:
    svg = drawn()

    assert (said(svg, "desc"), "There is no score event yet." in texts(svg)) == ("There is no score event yet.", True)


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_title_stays_text(title: str) -> None:
    svg = drawn(*EVENTS, title=title)
    names = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}

    assert (names <= ELEMENTS, len(texts(svg))) == (True, len(texts(drawn(*EVENTS))))


@pytest.mark.parametrize("word", HOSTILE[:-1], ids=range(len(HOSTILE) - 1))
def test_a_hostile_origin_and_bands_stay_text(word: str) -> None:
    table = Bands.model_construct(bands=tuple(band.model_copy(update={"word": word}) for band in bands().bands))
    svg = drawn(imported_score(0.5, origin=word), table=table)

    assert {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()} <= ELEMENTS


def test_a_title_keeps_its_words() -> None:
    assert said(drawn(score_event(), title="<b> & $x^2$ 日本 😀"), "title") == "h-0e9a3b1c: <b> & $x^2$ 日本 😀"


def test_no_string_that_is_known_to_break_things_breaks_it(shared: Path) -> None:
    files = [shared / "data" / "hostile" / f"{name}.jsonl" for name in ("naughty_strings", "xss", "prompt_injection")]
    words = [json.loads(line)["text"] for file in files for line in file.read_text().split("\n") if line]
    title = " ".join(words)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        svg = drawn(*EVENTS, title=title)

    assert (said(svg, "title"), len(texts(svg))) == (plain(f"h-0e9a3b1c: {title}"), len(texts(drawn(*EVENTS))))


def test_nothing_is_said_where_no_folder_can_be_written() -> None:
    program = "from tests.pages.test_plots import EVENTS, drawn; drawn(*EVENTS)"
    environment = {"MPLCONFIGDIR": "/dev/null/nowhere", "HOME": "/dev/null"}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], env=environment, capture_output=True, check=False
    )

    assert (ran.returncode, ran.stderr) == (0, b"")

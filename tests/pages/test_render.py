import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from exchange.config import bands, settings
from exchange.domain.bands import Certainty
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.page import Page
from exchange.domain.relation import Reason, Relation
from exchange.domain.score import Score, State
from exchange.jobs.importing import import_files, read_files
from exchange.pages.parse import parse
from exchange.pages.related import Related, related_in, shown
from exchange.pages.render import RENDERERS
from exchange.pages.words import PROBLEM
from exchange.store.engine import Store
from exchange.store.pages import page as stored_page

SLUG = "therapeutics-zolgensma"
SEED_LINES = [
    "- [Metabolic Circuit Breaker via Lipid Droplet Modulation](/hypothesis/h-3d993b5d) — "
    '<span style="color:#81c784;font-weight:600">0.66</span> · Target: PLIN2',
    "- [Astrocytic Lipoxin A4 Pathway Restoration via ALOX15 Gene Therapy](/hypothesis/h-ac55ff26) — "
    '<span style="color:#ffd54f;font-weight:600">0.58</span> · Target: ALOX15',
]
HARMLESS = "PLIN2 in glia"
HOSTILE = [
    "<script>alert(1)</script>",
    "</a></li></ul><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "[click](javascript:alert(1))",
    "](javascript:alert(1)) [x",
    "![pixel](https://evil.example/p.png)",
    "`</code><script>alert(1)</script>`",
    "<https://evil.example>",
    "<!-- the rest of the page",
    "a\n\n# b\n\n<iframe src=//evil.example>",
    "</style><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{ 7 * 7 }} {% raw %}",
    "\\](javascript:alert(1)) \\[x",
    "**bold** _it_ ~~gone~~ | cell |",
]


class Elements(HTMLParser):
    """Every start tag with its attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(attrs)))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", (("", data),)))


def as_host(markdown: str) -> str:
    """What a wiki that allows HTML makes of the Markdown."""
    return str(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


SEEN_AS: dict[str, Callable[[str], str]] = {"html": str, "markdown": as_host, "legacy": as_host}


def page(body: str = "Text.") -> Page:
    return parse(f"# A\n\n{body}\n", "a")


def event(demonstration: bool = False, scripted: bool = False) -> ScoreEvent:
    score = Score(
        state=State.SCORED,
        value=0.7,
        low=0.5,
        high=0.8,
        certainty=Certainty.OPEN,
        neighbour="amber",
        policy="cold 1",
        policy_digest="",
    )
    return ScoreEvent(
        hypothesis="h-00000001",
        cause=Cause.FIRST_DEBATE,
        score=score,
        at="2026-11-23T00:00:00Z",
        debate="d-000000000001",
        format="quick",
        demonstration=demonstration,
        scripted=scripted,
    )


def imported_from(origin: str) -> ScoreEvent:
    score = Score(state=State.SCORED, value=0.7, policy="imported", policy_digest="")
    return ScoreEvent(
        hypothesis="h-00000001", cause=Cause.IMPORTED, score=score, at="2026-11-23T00:00:00Z", origin=origin
    )


def about(*words: str, scored: ScoreEvent | None = None, site: str = "") -> Related:
    """Hypotheses whose titles, targets and reasons are those words."""
    table = bands()
    found = (
        Hypothesis(id=f"h-{number:08x}", title=each or "-", targets=(each,)) for number, each in enumerate(words, 1)
    )
    return Related(
        slug="a",
        hypotheses=tuple(
            shown(each, scored, (), Relation(each.id, 0.85, (Reason("linked", (each.title,)),)), site, table)
            for each in found
        ),
    )


def elements(format: str, related: Related, on: Page | None = None, site: str = "") -> list[object]:
    return [*Elements(SEEN_AS[format](RENDERERS[format](on or page(), related, site))).found]


def links(text: str) -> list[str | None]:
    return [value for tag, attrs in Elements(text).found if tag == "a" for name, value in attrs if name == "href"]


@pytest.fixture
def seed(store: Store, shared: Path) -> Store:
    import_files(store, read_files([shared / "pages" / f"wiki-{SLUG}.txt"]))
    return store


def rendered(store: Store, format: str) -> str:
    return RENDERERS[format](stored_page(store, SLUG), related_in(store, SLUG, settings()), "")


def test_legacy_gives_the_seeds_lines_byte_for_byte(seed: Store) -> None:
    lines = rendered(seed, "legacy").split("\n")

    assert [line for line in lines if line.startswith("- ")] == SEED_LINES


def test_legacy_gives_the_seeds_whole_section_byte_for_byte(seed: Store, shared: Path) -> None:
    source = (shared / "pages" / f"wiki-{SLUG}.txt").read_text(encoding="utf-8")
    section = source[source.index("Related Hypotheses\n") : source.index("▸Metadata")]

    assert rendered(seed, "legacy") == section


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_an_imported_score_is_said_to_be_imported_and_not_checked(seed: Store, format: str) -> None:
    said = "Imported, not checked here: given by SciDEX Exchange on therapeutics-zolgensma."

    assert rendered(seed, format).count(said) == 2


def test_html_marks_an_imported_score(seed: Store) -> None:
    assert len(re.findall('<span class="exchange-mark" [^>]*>imported</span>', rendered(seed, "html"))) == 2


@pytest.mark.parametrize("format", RENDERERS)
def test_rendering_again_gives_the_same_bytes(seed: Store, format: str) -> None:
    assert rendered(seed, format) == rendered(seed, format)


def test_html_of_the_seed_holds_no_script(seed: Store) -> None:
    assert "script" not in {tag for tag, _ in Elements(rendered(seed, "html")).found}


def test_html_loads_nothing_from_elsewhere(seed: Store) -> None:
    loading = {"src", "srcset", "data", "action", "poster", "background"}
    named = {name for _, attrs in Elements(rendered(seed, "html")).found for name, _ in attrs}

    assert loading & named == set()


def test_html_names_the_references_that_are_missing() -> None:
    html = RENDERERS["html"](page("Text.[@a2019]"), about(), "")

    assert "Cited on this page without a reference: a2019." in html


@pytest.mark.parametrize("format", SEEN_AS)
@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_in_a_title_target_or_reason_add_no_markup(format: str, words: str) -> None:
    assert elements(format, about(words)) == elements(format, about(HARMLESS))


@pytest.mark.parametrize("format", ["html", "markdown"])
@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_in_an_origin_add_no_markup(format: str, words: str) -> None:
    hostile, harmless = (about(HARMLESS, scored=imported_from(origin)) for origin in (words, HARMLESS))

    assert elements(format, hostile) == elements(format, harmless)


@pytest.mark.parametrize("format", ["html", "markdown"])
@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_in_a_pages_title_add_no_markup(format: str, words: str) -> None:
    hostile = page().model_copy(update={"title": words})

    assert elements(format, about(HARMLESS), hostile) == elements(format, about(HARMLESS))


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_in_the_lists_author_add_no_markup_to_legacy(words: str) -> None:
    hostile = page().model_copy(update={"listed_by": words})

    assert elements("legacy", about(HARMLESS), hostile) == elements("legacy", about(HARMLESS))


@pytest.mark.parametrize("format", SEEN_AS)
def test_none_of_the_collected_attacks_adds_markup(format: str, shared: Path) -> None:
    lines = (shared / "data" / "hostile" / "xss.jsonl").read_text(encoding="utf-8").split("\n")
    attacks = [json.loads(line)["text"] for line in lines if line][::8]

    assert elements(format, about(*attacks)) == elements(format, about(*[HARMLESS] * len(attacks)))


@pytest.mark.parametrize("format", ["markdown", "legacy"])
def test_a_title_leaves_no_raw_sign_that_begins_a_tag(format: str) -> None:
    assert "<script" not in RENDERERS[format](page(), about("<script>alert(1)</script>"), "")


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![pixel](https://evil.example/p.png)",
        "x <b onclick=alert(1)>y</b>",
        "<style>body { display: none }</style>",
    ],
)
def test_html_in_a_body_is_shown_as_words(body: str) -> None:
    assert {str(each) for each in elements("html", about(), page(body))} <= {
        str(each) for each in elements("html", about(), page("x\n\n- y"))
    }


def test_raw_html_in_a_body_can_be_read() -> None:
    html = RENDERERS["html"](page("Aged <b>18</b> years."), about(), "")

    assert "<p>Aged &lt;b&gt;18&lt;/b&gt; years.</p>" in html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "ftp://a.org/x",
        "file:///etc/passwd",
    ],
)
def test_a_link_in_a_body_that_is_not_http_loses_its_address(address: str) -> None:
    assert links(RENDERERS["html"](page(f"[click]({address})"), about(), "")) == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "ftp://a.org/x"])
def test_a_link_in_an_infobox_that_is_not_http_loses_its_address(address: str) -> None:
    hostile = page().model_copy(update={"infobox": (("Route", f"[click]({address})"),)})

    assert links(RENDERERS["html"](hostile, about(), "")) == []


def test_a_link_to_the_web_keeps_its_address() -> None:
    assert links(RENDERERS["html"](page("[a](https://a.org/x)"), about(), "https://wiki.example")) == [
        "https://a.org/x"
    ]


def test_the_site_is_put_in_front_of_a_bodys_own_links() -> None:
    assert links(RENDERERS["html"](page("[a](/genes/plin2)"), about(), "https://wiki.example")) == [
        "https://wiki.example/genes/plin2"
    ]


@pytest.mark.parametrize("site", ["https://wiki.example", "https://wiki.example/"])
@pytest.mark.parametrize("format", SEEN_AS)
def test_the_site_is_put_in_front_of_links_to_hypotheses(format: str, site: str) -> None:
    text = SEEN_AS[format](RENDERERS[format](page(), about(HARMLESS, site=site), "https://wiki.example"))

    assert "https://wiki.example/hypothesis/h-00000001" in links(text)


def test_legacy_puts_the_site_in_front_of_the_link_to_the_exchange() -> None:
    text = as_host(RENDERERS["legacy"](page(), about(HARMLESS), "https://wiki.example"))

    assert links(text)[0] == "https://wiki.example/exchange"


def test_json_names_its_version_and_its_page() -> None:
    content = json.loads(RENDERERS["json"](page(), about(HARMLESS), ""))

    assert (content["schema_version"], content["page"]["slug"]) == (1, "a")


def test_json_holds_what_is_related() -> None:
    content = json.loads(RENDERERS["json"](page(), about(HARMLESS, scored=event()), ""))

    assert [(each["title"], each["value"]) for each in content["related"]["hypotheses"]] == [(HARMLESS, 0.7)]


def test_json_leaves_the_raw_text_out() -> None:
    assert "source" not in json.loads(RENDERERS["json"](page(), about(), ""))["page"]


@pytest.mark.parametrize("scripted", [True, False])
@pytest.mark.parametrize(
    ("format", "mark"),
    [
        ("html", 'says nothing of the hypothesis.">demonstration</span>'),
        ("html", '<p class="exchange-caution">Demonstration: '),
        ("markdown", "*Demonstration: "),
        ("legacy", "· demonstration\n"),
        ("json", '"demonstration": true'),
    ],
)
def test_a_demonstration_is_marked(format: str, mark: str, scripted: bool) -> None:
    marked = about(HARMLESS, scored=event(demonstration=True, scripted=scripted))

    assert mark in RENDERERS[format](page(), marked, "")


@pytest.mark.parametrize("format", ["html", "markdown", "legacy"])
def test_a_full_debates_score_is_not_called_a_demonstration(format: str) -> None:
    assert "demonstration" not in RENDERERS[format](page(), about(HARMLESS, scored=event()), "").lower()


def test_markdown_shows_number_interval_word_and_certainty() -> None:
    line = "— **0.70** (0.50–0.80) △ strong (open, perhaps mixed) · target PLIN2 in glia"

    assert line in RENDERERS["markdown"](page(), about(HARMLESS, scored=event()), "")


def test_html_outlines_an_open_score_beside_its_word() -> None:
    html = RENDERERS["html"](page(), about(HARMLESS, scored=event()), "")

    assert '<strong class="exchange-badge exchange-open"><span aria-hidden="true">△</span> 0.70 strong</strong>' in html


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_an_undebated_hypothesis_has_no_number(format: str) -> None:
    assert "not debated" in RENDERERS[format](page(), about(HARMLESS), "")


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_a_problem_is_a_sentence_on_the_page(format: str) -> None:
    problem = "The hypotheses of this page cannot be shown at the moment."

    assert problem in RENDERERS[format](page(), Related(slug="a", problem=problem), "")


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_a_page_that_nothing_concerns_says_so(format: str) -> None:
    assert "No hypothesis is known to concern this page." in RENDERERS[format](page(), about(), "")


def test_legacy_shows_nothing_where_nothing_concerns_the_page() -> None:
    assert RENDERERS["legacy"](page(), about(), "") == ""


@pytest.mark.parametrize(
    "link",
    [
        "[a](javascript:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a][1]\n\n[1]: javascript:alert(1)",
        "[a](data:text/html,x)",
        "[a](ftp://h.org/x)",
        "![a](javascript:alert(1))",
    ],
)
def test_markdown_holds_no_other_link_for_a_host_that_checks_none(link: str) -> None:
    careless = MarkdownIt("commonmark", {"html": True})
    careless.validateLink = lambda _: True  # type: ignore[assignment,method-assign] # the host that checks none
    made = RENDERERS["markdown"](page().model_copy(update={"body": link}), Related(slug="a"), "")

    assert not {"<a ", "<img"} & set(re.findall(r"<a |<img", careless.render(made)))


@pytest.mark.parametrize("link", ["[a](https://h.org/x)", "[a](/genes/plin2)", "[a](#top)", "[a](x.html?q=1:2)"])
def test_markdown_keeps_links_that_are_http_or_relative(link: str) -> None:
    assert link in RENDERERS["markdown"](page().model_copy(update={"body": link}), Related(slug="a"), "")


@pytest.mark.parametrize("format", ["html", "markdown", "legacy"])
def test_a_page_whose_hypotheses_cannot_be_read_says_so(format: str) -> None:
    assert "cannot be shown at the moment" in RENDERERS[format](page(), Related(slug="a", problem=PROBLEM), "")


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_a_page_says_how_many_hypotheses_are_damaged(format: str) -> None:
    assert "2 more cannot be shown" in RENDERERS[format](page(), Related(slug="a", damaged=("h-1", "h-2")), "")

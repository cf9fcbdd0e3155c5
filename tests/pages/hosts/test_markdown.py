from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import exchange
from exchange.pages import words
from exchange.pages.hosts.mkdocs import on_page_markdown
from exchange.pages.hosts.sphinx import setup
from tests import places
from tests.pages.hosts.conftest import HOSTILE

SLUG, MARK, RELATED = "genes-plin2", "{{hypothesis:h-0e9a3b1c}}", "{{exchange:related}}"
LINE = (
    "[PLIN2 lets astrocytes hold inflammatory lipids](/hypothesis/h-0e9a3b1c) — **0.70** (0.35–0.85) △ strong"
    " · uncalibrated"
)
LEFT_ALONE = [
    f"`{MARK}`",
    f"``a ` {MARK}``",
    f"`two\nlines {MARK}`",
    f"```\n{MARK}\n```",
    f"~~~ html\n\n{RELATED}\n\n{MARK}",
    f"    {MARK}",
    f"\t{RELATED}",
    f"- a\n\n      {MARK}",
    f"> ```\n> {MARK}\n> ```",
    f"\\{MARK}",
    "{{hypothesis:}}",
    "{{ hypothesis }} {{exchange}} {{exchange:nix}} {hypothesis:h-0e9a3b1c}",
    f"The list {RELATED} within a sentence.",
    "",
    "\n\n",
]


def rendered(text: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").use(exchange.exchange_plugin, slug=SLUG).render(text))


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_code_and_what_is_no_mark_stay_as_they_are(text: str) -> None:
    assert exchange.fill(text, SLUG) == text


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_the_plugin_leaves_the_same_alone(text: str) -> None:
    assert rendered(text) == MarkdownIt("commonmark").enable("table").render(text)


@pytest.mark.parametrize(
    "text",
    [
        "See {}.",
        "# {}",
        "- {}",
        "> {}",
        "1. a\n   - {}",
        "| a |\n|---|\n| {} |",
        "`code` and {} and `code`",
        "an open ` tick\n\n{} and another `",
        "```\ncode\n```\n{}",
        "two\nlines {}\nof text {}",
    ],
)
def test_a_hypothesis_is_named_wherever_text_stands(text: str) -> None:
    assert exchange.fill(text.replace("{}", MARK), SLUG) == text.replace("{}", LINE)


@pytest.mark.parametrize("mark", ["{{ hypothesis:h-0e9a3b1c }}", "{{hypothesis: H-0E9A3B1C}}"])
def test_a_mark_may_have_spaces_and_capitals(mark: str) -> None:
    assert exchange.fill(mark) == LINE


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    assert exchange.fill(end.join(["a", "", MARK, "", f"`{MARK}`"])) == f"a\n\n{LINE}\n\n`{MARK}`"


def test_the_list_stands_where_its_mark_stood() -> None:
    before, _, rest = exchange.fill(f"Before.\n\n{RELATED}\n\nAfter.", SLUG).partition("\n- [PLIN2 lets astrocytes")

    assert (before.strip(), rest.endswith("\n\nAfter."), rest.count("- [")) == ("Before.", True, 2)


def test_the_list_may_be_another_page_s() -> None:
    assert exchange.fill("{{exchange:related:genes-plin2}}", "a") == exchange.fill(RELATED, SLUG)


@pytest.mark.parametrize("id", ["h-ffffffff", "nix", "h-", "<script>"])
def test_an_unknown_hypothesis_is_a_sentence(id: str) -> None:
    mark = f"{{{{hypothesis:{id}}}}}"

    assert (exchange.fill(mark), words.NO_SUCH in rendered(mark)) == (f"*{words.NO_SUCH}*", True)


def test_an_unknown_page_is_a_sentence() -> None:
    assert (words.NONE in exchange.fill(RELATED, "nix"), words.NONE in exchange.fill(RELATED)) == (True, True)


def test_a_missing_database_is_a_sentence() -> None:
    places.file().unlink()

    assert exchange.fill(f"{MARK}\n\n{RELATED}", SLUG).split("\n\n\n") == [
        f"*{words.ONE_PROBLEM}*",
        f"{words.PROBLEM}\n",
    ]


def test_markup_in_a_hypothesis_is_text_in_a_host_that_allows_html() -> None:
    text = exchange.fill(f"{RELATED}\n\n{{{{hypothesis:{HOSTILE}}}}}", SLUG)
    shown = MarkdownIt("commonmark", {"html": True}).render(text)

    assert ("<img" in shown, "<code" in shown, 'href="javascript' in shown) == (False, False, False)


def test_the_plugin_escapes_markup_in_a_hypothesis() -> None:
    shown = rendered(f"{RELATED}\n\n{{{{hypothesis:{HOSTILE}}}}}")

    assert ("<img" in shown, shown.count("&lt;img")) == (False, 3)


@pytest.mark.parametrize("around", ["See {}.", "- {}", "# {}", "**{}**"])
def test_the_plugin_names_a_hypothesis_wherever_text_stands(around: str) -> None:
    shown = rendered(around.replace("{}", MARK))

    assert shown.count('<span class="exchange-line"><a href="/hypothesis/h-0e9a3b1c">') == 1


def test_the_plugin_lists_what_concerns_the_page() -> None:
    assert rendered(f"a\n\n{RELATED}\n\nb").count('<li class="exchange-item') == 3


@given(st.text(alphabet=st.sampled_from("`~\\{}\n \t->#|ax\r")))
def test_text_without_marks_stays_as_it_is(text: str) -> None:
    assert exchange.fill(text, SLUG) == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("meta", "uri"), [({}, f"docs/{SLUG}.md"), ({"exchange": SLUG}, "index.md"), (None, f"{SLUG}.md")]
)
def test_mkdocs_fills_the_marks_of_its_pages(meta: dict[str, Any] | None, uri: str) -> None:
    page = SimpleNamespace(meta=meta, file=SimpleNamespace(src_uri=uri))

    assert on_page_markdown(RELATED, page=page, config={}, files=[]) == exchange.fill(RELATED, SLUG)


@pytest.mark.parametrize(("suffix", "filled"), [(".md", True), (".rst", False)])
def test_sphinx_fills_the_marks_of_markdown_alone(suffix: str, filled: bool) -> None:
    told: dict[str, Any] = {}
    app = SimpleNamespace(connect=told.__setitem__, env=SimpleNamespace(doc2path=lambda name: f"/docs/{name}{suffix}"))
    source = [RELATED]
    parallel = setup(app)["parallel_read_safe"]
    told["source-read"](app, f"genes/{SLUG}", source)

    assert (parallel, source == [exchange.fill(RELATED, SLUG)]) == (True, filled)

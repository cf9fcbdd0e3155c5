"""Empty, huge, right-to-left and otherwise odd pages are shown right, or refused in a sentence."""

import pytest

from exchange.errors import InputError
from exchange.pages.parse import parse
from exchange.pages.related import Related
from exchange.pages.render import RENDERERS
from exchange.pages.text import decode

SHOWN = [name for name in RENDERERS if name not in ("legacy", "json-ld")]
ARABIC = "البروتين PLIN2 يغلف قطرات الدهون في الخلايا النجمية"
EMOJI = "Droplets 🧠👩🏽‍🔬🇩🇪 are seen"


def shown(text: str, format: str) -> str:
    return RENDERERS[format](parse(decode(text.encode(), "a.md"), "a"), Related(slug="a"), "")


@pytest.mark.parametrize("text", ["", " \n\t\n", "# A\n", "# A\n\n\x00\n", "# A\n\nText\x00.\n"])
def test_a_page_without_text_or_with_nul_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        shown(text, "html")


@pytest.mark.parametrize("words", [ARABIC, "Droplets 🧠 are seen"])
@pytest.mark.parametrize("format", [name for name in SHOWN if name != "wikitext"])
def test_right_to_left_words_and_emoji_are_shown_as_they_are(format: str, words: str) -> None:
    assert words in shown(f"# A\n\n{words}\n", format)


@pytest.mark.parametrize("format", SHOWN)
def test_line_ends_of_other_systems_make_no_difference(format: str) -> None:
    text = "# A\n\nOne.\n\n- two\n- three\n"

    assert shown(text.replace("\n", "\r\n"), format) == shown(text, format) == shown(text.replace("\n", "\r"), format)


@pytest.mark.parametrize("format", ["html", "markdown", "wikitext"])
def test_a_page_of_ten_megabytes_is_shown_whole(format: str) -> None:
    text = "# A\n\n" + f"{'PLIN2 coats droplets ' * 2_500}\n\n" * 190 + "The last words.\n"

    assert len(text) > 9_900_000
    assert "The last words." in shown(text, format)


@pytest.mark.parametrize("words", [ARABIC, EMOJI, "One.\r\nTwo.", "e\u0301tude \ufb01n", "a\u0085b"])
def test_a_page_that_is_shown_in_markdown_reads_back_the_same(words: str) -> None:
    once = parse(decode(f"# A\n\n{words}\n".encode(), "a.md"), "a")
    again = parse(RENDERERS["markdown"](once, Related(slug="a"), ""), "a")

    assert again.model_copy(update={"source": once.source}) == once

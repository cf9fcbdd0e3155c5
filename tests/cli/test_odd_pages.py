"""Empty, huge, right-to-left and otherwise odd pages through the command: shown right, or refused in a sentence."""

from pathlib import Path

import pytest

from exchange.store.engine import open_store
from exchange.store.pages import page
from tests import images
from tests.cli.running import run

ARABIC = "البروتين PLIN2 يغلف قطرات الدهون في الخلايا النجمية"
EMOJI = "Droplets 🧠👩🏽‍🔬🇩🇪 are seen in glia of every age"
WORDS = {
    "right to left": f"# بيرليبين\n\n{ARABIC}\n",
    "emoji": f"# 🧠 Glia\n\n{EMOJI}\n",
    "CRLF": "# A page\r\n\r\nOne line.\r\n\r\n- two\r\n- three [@a2019]\r\n",
    "bare CR": "# A page\r\rOne line.\r\r- two\r- three\r",
    "links": "# A page\n\nOf [PLIN2](/genes/plin2), [the web](https://a.org/x) and [another](x.html).\n",
    "a byte order mark and combining letters": "\ufeff# E\u0301tude\n\nDe\u0301bat sur les gouttelettes lipidiques.\n",
    "a table": "# A page\n\n| gene | role |\n|---|---|\n| PLIN2 | coats droplets |\n",
    "code": "# A page\n\n```\n# no heading\n[no](/genes/link)\n```\n\nWords behind it.\n",
}
SHOWN = ("html", "markdown", "wikitext", "json", "json-ld", "legacy")


@pytest.fixture(autouse=True)
def database(tmp_path: Path) -> Path:
    path = tmp_path / "exchange.db"
    path.write_bytes(images.blank())
    return path


def taken_in(folder: Path, content: str | bytes, name: str = "odd.md") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"# A title\n", "has a title and nothing else"),
        (b"# A\n\nText\x00 with NUL.\n", "it holds the control character '\\x00'"),
        (b"\xff\xfe#\x00", "is no UTF-8"),
        (b"# A\n\n" + b"x" * 20_000_000, "a file may have 20,000,000"),
    ],
    ids=["empty", "blank", "a title alone", "NUL", "UTF-16", "too large"],
)
def test_a_page_that_cannot_be_right_is_refused_in_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    refused = run("import", taken_in(tmp_path, content))
    shown = run("page", "odd")

    assert (refused.exit_code, said in refused.stderr, refused.stderr.count("\n")) == (6, True, 1)
    assert (shown.exit_code, shown.stdout) == (5, "")


@pytest.mark.parametrize("format", SHOWN)
@pytest.mark.parametrize("words", WORDS)
def test_an_odd_page_is_shown_in_every_format(tmp_path: Path, words: str, format: str) -> None:
    run("import", taken_in(tmp_path, WORDS[words]))
    shown = run("page", "odd", "--format", format)

    assert (shown.exit_code, "\r" in shown.stdout) == (0, False)


@pytest.mark.parametrize("format", ["html", "markdown", "json"])
@pytest.mark.parametrize(("words", "wanted"), [("right to left", ARABIC), ("emoji", EMOJI)])
def test_letters_of_every_script_are_shown_as_they_are(tmp_path: Path, words: str, wanted: str, format: str) -> None:
    run("import", taken_in(tmp_path, WORDS[words]))

    assert wanted in run("page", "odd", "--format", format).stdout


def test_a_page_of_ten_megabytes_is_shown_whole(tmp_path: Path) -> None:
    text = "# A\n\n" + f"{'PLIN2 coats droplets ' * 2_500}\n\n" * 190 + "The last words.\n"
    run("import", taken_in(tmp_path, text))
    shown = [run("page", "odd", "--format", format).stdout for format in ("html", "markdown")]

    assert (len(text) > 9_900_000, ["The last words." in each for each in shown]) == (True, [True, True])


@pytest.mark.parametrize("site", ["", "https://wiki.example/base"])
@pytest.mark.parametrize("words", WORDS)
def test_a_page_that_is_shown_as_markdown_and_imported_again_is_the_same(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch, words: str, site: str
) -> None:
    """But for its raw text, and a link without a slash, which is written from the root where the wiki has an address."""
    monkeypatch.setenv("EXCHANGE_SITE", site)
    once = shown_and_imported(tmp_path, database, WORDS[words].encode())
    again = shown_and_imported(tmp_path, database, run("page", "odd").stdout.encode())

    assert again == (once.replace("(x.html)", "(/artifact/x.html)") if site else once)


@pytest.mark.parametrize("words", WORDS)
def test_an_exported_page_that_is_imported_elsewhere_is_the_same(tmp_path: Path, database: Path, words: str) -> None:
    once = shown_and_imported(tmp_path, database, WORDS[words].encode())
    run("export", tmp_path / "out")
    (exported,) = (tmp_path / "out").rglob("*.md")
    database.write_bytes(images.blank())
    run("import", exported)

    assert stored(database) == once


def shown_and_imported(folder: Path, database: Path, content: bytes) -> str:
    database.write_bytes(images.blank())
    assert run("import", taken_in(folder, content)).exit_code == 0
    return stored(database)


def stored(database: Path) -> str:
    """The page as it is stored, but for its raw text."""
    store = open_store(database)
    found = page(store, "odd")
    store.close()
    return found.model_copy(update={"source": ""}).to_json()

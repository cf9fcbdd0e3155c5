"""Citations in three formats, whatever the title."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.pages.cite import Citable, bibtex, csl_json, ris
from exchange.pages.render.escape import plain
from tests import hostile

DIGEST = "0123456789abcdef" * 4
TEXTS = st.one_of(st.text(min_size=1), st.sampled_from(hostile.OURS))


def cited(title: str = "PLIN2 in glia", number: int | None = 3, name: str = "h-0e9a3b1c", **known: str) -> Citable:
    return Citable(name=name, title=title, at="2026-11-23T23:30:00+00:00", digest=DIGEST, number=number, **known)


def fields(entry: str) -> dict[str, str]:
    """The entry as BibTeX reads it: braces are counted, a backslash before one changes nothing."""
    found, depth, name, value = {}, 0, "", ""
    for character in entry.split(",", 1)[1]:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            break
        if character == "," and depth == 0:
            name, _, value = value.partition("=")
            found[name.strip()] = value.strip()
            value = ""
        else:
            value += character
    assert depth == -1, "the entry's braces do not balance"
    return found


def untex(text: str) -> str:
    spelt = {"textbraceleft": "{", "textbraceright": "}", "textbackslash": "\\", "textasciitilde": "~"}
    spelt |= {"textasciicircum": "^"}
    return re.sub(r"\\(?:([a-z]+)\{\}|([#$%&_]))", lambda found: spelt.get(found[1] or "", found[2] or ""), text)


def test_a_bibtex_entry_tells_title_version_date_and_address() -> None:
    told = bibtex(cited(url="https://wiki.example/hypothesis/h-0e9a3b1c"))

    assert told == (
        "@misc{exchange-h-0e9a3b1c-3,\n  title = {{PLIN2 in glia}},\n  howpublished = {Exchange},\n  year = {2026},\n"
        "  month = {11},\n  date = {2026-11-23},\n  version = {score event 3, sha256 0123456789ab},\n"
        "  url = {https://wiki.example/hypothesis/h-0e9a3b1c},\n}\n"
    )


@given(TEXTS)
def test_no_title_leaves_its_field_of_a_bibtex_entry(title: str) -> None:
    found = fields(bibtex(cited(title, note=title)))

    assert set(found) - {"note"} == {"title", "howpublished", "year", "month", "date", "version"}


@given(TEXTS)
def test_tex_reads_the_title_that_was_stored(title: str) -> None:
    assert untex(fields(bibtex(cited(title)))["title"][2:-2]) == plain(title)


def test_no_hostile_title_breaks_a_bibtex_entry() -> None:
    for title in hostile.words():
        assert untex(fields(bibtex(cited(title)))["title"][2:-2]).strip() == plain(title).strip()


@given(TEXTS)
def test_no_title_begins_a_line_of_an_ris_record(title: str) -> None:
    lines = ris(cited(title)).split("\r\n")

    assert [line[:6] for line in lines] == [
        f"{tag}  - " for tag in ("TY", "ID", "TI", "PB", "PY", "DA", "ET", "ER")
    ] + [""]


def test_no_hostile_title_breaks_an_ris_record() -> None:
    assert {len(ris(cited(title)).splitlines()) for title in hostile.OURS} == {8}


@given(TEXTS)
def test_csl_json_holds_the_title_as_it_is(title: str) -> None:
    (item,) = json.loads(csl_json(cited(title)))

    assert item["title"] == plain(title)


def test_csl_json_has_the_date_in_parts() -> None:
    assert json.loads(csl_json(cited()))[0]["issued"] == {"date-parts": [[2026, 11, 23]]}


@pytest.mark.parametrize("style", [bibtex, ris, csl_json])
def test_letters_of_other_scripts_are_kept(style: object) -> None:
    assert callable(style)
    assert "Aβ in naïve glia, 日本語" in style(cited("Aβ in naïve glia, 日本語"))


def test_the_key_of_a_page_has_its_digest() -> None:
    assert cited(name="genes-plin2", number=None).key == "exchange-genes-plin2-0123456789ab"


@pytest.mark.parametrize("name", ["a_b{c}", "日本語", "genes-plin2"])
def test_a_key_is_of_letters_digits_and_hyphens(name: str) -> None:
    assert re.fullmatch("[a-z0-9-]+", cited(name=name).key)


def test_the_day_is_that_of_utc() -> None:
    assert cited().model_copy(update={"at": "2026-11-24T00:30:00+02:00"}).date.isoformat() == "2026-11-23"

"""What a text names: found in one pass, never guessed, and the author's own links first."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.alias import Alias, Given
from exchange.linking.index import index
from exchange.linking.mentions import Mention, mentions
from exchange.linking.targets import Aliases

NAMES = index(
    Aliases(
        Alias(entity, spelling, how)
        for entity, spelling, how in (
            ("genes/plin2", "PLIN2", Given.NAME),
            ("genes/plin2", "ADRP", Given.SYNONYM),
            ("genes/alox15", "ALOX15", Given.NAME),
            ("genes/alox15", "15-LOX-1", Given.SYNONYM),
            ("genes/lox", "LOX", Given.NAME),
            ("genes/rest", "REST", Given.NAME),
            ("genes/rest", "NRSF", Given.SYNONYM),
            ("genes/impact", "IMPACT", Given.NAME),
            ("genes/cat", "CAT", Given.NAME),
            ("genes/set", "SET", Given.NAME),
            ("genes/aavs1", "AAV", Given.SYNONYM),
            ("genes/sod1", "ALS", Given.SYNONYM),
            ("genes/igfals", "ALS", Given.SYNONYM),
            ("genes/tnf", "TNF", Given.NAME),
            ("genes/c4b", "C4B_2", Given.NAME),
            ("diseases/alzheimer-s-disease", "Alzheimer's disease", Given.NAME),
            ("diseases/gout", "gout", Given.NAME),
            ("diseases/cba", "CBA", Given.SYNONYM),
            ("cell-types/astrocytes", "Astrocytes", Given.TITLE),
            ("cell-types/microglia", "glia of the brain", Given.LINK),
            ("proteins/α-synuclein", "α-synuclein", Given.NAME),
        )
    )
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ADRP rose.", ["genes/plin2"]),
        ("15-LOX-1 fell.", ["genes/alox15"]),
        ("15‑LOX‑1 with hyphens that do not break.", ["genes/alox15"]),
        ("ADRP-positive cells, anti-TNF, (PLIN2).", ["genes/plin2", "genes/tnf", "genes/plin2"]),
        ("Plin2 in mice.", ["genes/plin2"]),
        ("C4B_2 is a name with an underscore.", ["genes/c4b"]),
        ("ALZHEIMER’S DISEASE, Alzheimer's disease.", ["diseases/alzheimer-s-disease"] * 2),
        ("Gout and astrocytes.", ["diseases/gout", "cell-types/astrocytes"]),
        ("α-synuclein", ["proteins/α-synuclein"]),
        ("İ PLIN2: a letter that would be two in small letters.", ["genes/plin2"]),
    ],
)
def test_a_name_is_found(text: str, found: list[str]) -> None:
    assert [mention.entity for mention in mentions(text, NAMES)] == found


@pytest.mark.parametrize(
    "text",
    [
        "xADRP, ADRPx, ADRP2, adrp, tnf",
        "5-LOX and LOX-2 are others, for which LOX does not stand.".replace("LOX does", "it does"),
        "https://example.org/PLIN2 and [a](https://example.org/a-PLIN2) and [@PLIN2] and PLIN2@example.org",
        "glia of the brain",
        "",
    ],
)
def test_what_is_no_name_is_not_found(text: str) -> None:
    assert mentions(text, NAMES) == ()


@pytest.mark.parametrize(
    "text",
    [
        "The IMPACT trial had an impact.",
        "At rest, REST was set on the door.",
        "A CAT scan of gene expression.",
        "THE REST GENE IN CAPITALS",
        "AAV gene therapy",
        "the CBA promoter",
    ],
)
def test_an_english_word_or_an_abbreviation_alone_names_nothing(text: str) -> None:
    assert mentions(text, NAMES) == ()


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("The REST gene fell.", "genes/rest"),
        ("mutations in the REST were rare", "genes/rest"),
        ("expression of CAT", "genes/cat"),
        ("the protein SET", "genes/set"),
        ("*IMPACT* mRNA", "genes/impact"),
    ],
)
def test_beside_a_word_that_goes_with_genes_it_is_one(text: str, entity: str) -> None:
    assert [mention.entity for mention in mentions(text, NAMES)] == [entity]


def test_a_text_that_has_the_gene_by_another_name_has_it_by_the_word_too() -> None:
    assert [mention.name for mention in mentions("NRSF rose. REST is the same.", NAMES)] == ["NRSF", "REST"]


def test_an_ambiguous_name_is_reported_and_not_guessed() -> None:
    assert mentions("The ALS gene", NAMES) == (
        Mention(start=4, end=7, name="ALS", candidates=("genes/igfals", "genes/sod1")),
    )


def test_the_longer_name_counts() -> None:
    assert [mention.name for mention in mentions("15-LOX-1 protein", NAMES)] == ["15-LOX-1"]


def test_an_authors_link_counts_before_a_name() -> None:
    text = "[PLIN2](/proteins/plin2-protein) and PLIN2"

    assert [(mention.entity, mention.explicit) for mention in mentions(text, NAMES)] == [
        ("proteins/plin2-protein", True),
        ("genes/plin2", False),
    ]


def test_names_are_found_in_every_part_of_a_long_text() -> None:
    assert len(mentions("PLIN2 and more words here. " * 2_000, NAMES)) == 2_000


@given(
    st.text()
    | st.lists(st.sampled_from(["PLIN2", "REST", "ALS", "15-LOX-1", " ", "-", "[", "](/genes/x)", "ß", "İ", "\n"])).map(
        "".join
    )
)
def test_mentions_lie_in_the_text_apart_and_in_order(text: str) -> None:
    _apart(text)


def test_no_hostile_string_breaks_linking(shared: Path) -> None:
    for text in _hostile(shared):
        _apart(text)
        _apart(f"{text}PLIN2{text}\n[{text}](/genes/plin2)")


def _apart(text: str) -> None:
    found = mentions(text, NAMES)
    ends = [0, *(mention.end for mention in found)]

    assert all(end <= mention.start < mention.end <= len(text) for end, mention in zip(ends, found, strict=False))
    assert all(mention.explicit or text[mention.start : mention.end] == mention.name for mention in found)


def _hostile(shared: Path) -> Iterator[str]:
    for name in ("naughty_strings", "xss", "prompt_injection"):
        for line in (shared / "data" / "hostile" / f"{name}.jsonl").read_text(encoding="utf-8").split("\n"):
            if line:
                yield str(json.loads(line).get("text", line))

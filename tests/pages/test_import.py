import re
from pathlib import Path

import pytest

from exchange.domain.page import Listed, Page
from exchange.errors import InputError
from exchange.jobs.importing import import_files, read_files
from exchange.pages.parse import own_entity, parse
from exchange.pages.text import LARGEST, decode
from exchange.pages.words import LEGEND, MEANINGS, NONE, PROBLEM
from exchange.store.engine import Store
from tests.conftest import ROOT

ZOLGENSMA = "wiki-therapeutics-zolgensma"
FURNITURE = (
    "References",
    "From the [SciDEX Exchange](/exchange) — scored by multi-agent debate",
    "▸Metadataorigin_type: v1_polymorphic_backfill",
    "No provenance edges found",
    "Use ?embed=1 to load the artifact",
    "<iframe ",
    "[Zolgensma (Onasemnogene Abeparvovec)](http://scidex.ai/artifact/",
    "http://scidex.ai/artifact/",
)
LISTING = "# A\n\nText.\n\n## Related Hypotheses\n\n"


@pytest.fixture
def zolgensma(shared: Path) -> Page:
    path = shared / "pages" / f"{ZOLGENSMA}.txt"
    return parse(decode(path.read_bytes(), str(path)), path.stem)


def read(content: bytes) -> Page:
    return parse(decode(content, "a.md"), "a")


def flat(*lines: str) -> Page:
    """A page as it is copied from a browser."""
    return parse("\n".join(lines), "a")


def test_a_copied_page_has_its_title_slug_and_kind(zolgensma: Page) -> None:
    assert (zolgensma.title, zolgensma.slug, zolgensma.kind) == (
        "Zolgensma (Onasemnogene Abeparvovec)",
        "therapeutics-zolgensma",
        "therapeutic",
    )


def test_a_copied_page_is_about_the_entity_of_its_slug(zolgensma: Page) -> None:
    assert own_entity(zolgensma).key == "therapeutics/zolgensma"


def test_a_text_that_the_copy_holds_twice_is_stored_once(zolgensma: Page) -> None:
    assert zolgensma.body.count("Zolgensma (generic name") == 1


@pytest.mark.parametrize("words", ["is an important component in the neurobiology", "## Overview", "## Introduction"])
def test_the_excerpt_before_the_whole_text_is_dropped(zolgensma: Page, words: str) -> None:
    assert zolgensma.body.count(words) == 1


def test_no_passage_stands_twice(zolgensma: Page) -> None:
    texts = [passage.text for passage in zolgensma.passages]

    assert sorted(set(texts)) == sorted(texts)


def test_nothing_of_a_copied_page_is_lost(zolgensma: Page) -> None:
    held = " ".join(
        [
            zolgensma.body,
            zolgensma.title,
            *(f"{label} {value}" for label, value in zolgensma.infobox),
            *(f"{key} {value}" for key, value in zolgensma.metadata.items()),
            *(f"{each.title} {each.hypothesis} {each.score} {' '.join(each.targets)}" for each in zolgensma.listed),
        ]
    )
    whole = zolgensma.source[zolgensma.source.index("\n...") + 4 :]
    lost = [line for line in whole.split("\n") if not _is_held(line, held)]

    assert lost == []


def _is_held(line: str, held: str) -> bool:
    if line.startswith(FURNITURE) or line == "Related Hypotheses":
        return True
    if listed := re.match(r"- \[(.+)\]\(/hypothesis/(.+)\) — .*>(.+)</span> · Target: (.+)", line):
        return " ".join(listed.groups()) in held
    if row := re.match(r"\| (\w+) \| (.+) \|", line):
        return f"{row[1]} {row[2]}" in held
    words = re.sub(r"</?(?:table|tr|t[hd])\b[^>]*>", "", line).strip()
    return words in held


def test_a_copied_page_links_thirteen_entities(zolgensma: Page) -> None:
    assert [link.key for link in zolgensma.links] == [
        "proteins/smn1-protein",
        "entities/blood-brain-barrier",
        "companies/novartis",
        "diseases/spinal-muscular-atrophy",
        "proteins/smn",
        "cell-types/motor-neurons",
        "therapeutics/gene-therapy",
        "brain-regions/cortex",
        "entities/neurons",
        "therapeutics/nusinersen",
        "therapeutics/risdiplam",
        "diseases/amyotrophic-lateral-sclerosis",
        "therapeutics/antisense-oligonucleotide-therapy",
    ]


def test_a_copied_page_cites_twelve_keys(zolgensma: Page) -> None:
    assert set(zolgensma.cited) == set(re.findall(r"\[@(\w+)\]", zolgensma.source))


def test_the_references_that_a_copied_page_lacks_are_named(zolgensma: Page) -> None:
    assert (len(zolgensma.missing_references), zolgensma.missing_references) == (12, zolgensma.cited)


def test_metadata_has_the_types_of_its_values(zolgensma: Page) -> None:
    assert zolgensma.metadata == {
        "slug": "therapeutics-zolgensma",
        "kg_node_id": None,
        "entity_type": "therapeutic",
        "origin_type": "v1_polymorphic_backfill",
        "source_table": "wiki_pages",
        "wiki_page_id": "wp-987401e13923",
        "__merged_from": {"merged_at": "2026-05-13", "unprefixed_id": "therapeutics-zolgensma"},
        "_schema_version": 1,
    }


def test_the_infobox_keeps_its_rows_in_order(zolgensma: Page) -> None:
    assert [label for label, _ in zolgensma.infobox] == [
        "Feature",
        "Mechanism",
        "Route",
        "Dosing",
        "[blood-brain-barrier](/entities/blood-brain-barrier) crossing",
        "Age range",
        "Approach",
    ]


def test_less_than_signs_in_an_infobox_are_words(zolgensma: Page) -> None:
    assert dict(zolgensma.infobox)["Age range"] == "<2 yr (IV); 2–<18 yr (IT)"


def test_the_listed_hypotheses_are_read_with_their_scores_and_targets(zolgensma: Page) -> None:
    assert zolgensma.listed == (
        Listed(
            hypothesis="h-3d993b5d",
            title="Metabolic Circuit Breaker via Lipid Droplet Modulation",
            targets=("PLIN2",),
            score=0.66,
        ),
        Listed(
            hypothesis="h-ac55ff26",
            title="Astrocytic Lipoxin A4 Pathway Restoration via ALOX15 Gene Therapy",
            targets=("ALOX15",),
            score=0.58,
        ),
    )


def test_the_lists_author_is_read(zolgensma: Page) -> None:
    assert zolgensma.listed_by == "SciDEX Exchange"


def test_brackets_that_a_page_left_open_are_kept(zolgensma: Page) -> None:
    assert "survival motor neuron ([smn](/proteins/smn) protein" in zolgensma.body


def test_a_page_reads_back_from_json_as_it_was(zolgensma: Page) -> None:
    assert Page.from_json(zolgensma.to_json()) == zolgensma


def test_importing_a_page_again_changes_nothing(store: Store) -> None:
    files = read_files([ROOT / "examples" / "pages" / "genes-plin2.md"])
    import_files(store, files)

    assert [outcome.changed for outcome in import_files(store, files)] == [False]


def test_windows_line_ends_make_no_difference() -> None:
    text = (ROOT / "examples" / "pages" / "genes-plin2.md").read_bytes()

    assert read(text.replace(b"\n", b"\r\n")) == read(text)


def test_a_byte_order_mark_makes_no_difference() -> None:
    assert read("\ufeff# A\n\nText.\n".encode()) == read(b"# A\n\nText.\n")


def test_composed_and_decomposed_letters_make_no_difference() -> None:
    assert read("# A\n\nSjo\u0308gren.\n".encode()) == read("# A\n\nSjögren.\n".encode())


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\x89PNG\r\n\x1a\n\x00", "byte 0 is no UTF-8"),
        ("# Ä\n\nText.\n".encode("utf-16"), "byte 0 is no UTF-8"),
        (b"# A\n\nText\x00.\n", r"control character '\\x00'"),
        (b"# A\n\nText\x1b[31m.\n", r"control character '\\x1b'"),
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"# A\n", "a title and nothing else"),
        (b"# A\n\n## B\n", "a title and nothing else"),
    ],
)
def test_what_is_no_page_is_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read(content)


def test_a_file_that_is_too_large_is_refused_with_both_sizes() -> None:
    with pytest.raises(InputError, match="20,000,001 bytes; a file may have 20,000,000"):
        decode(b"a" * (LARGEST + 1), "a.md")


def test_headings_become_the_sections_of_passages() -> None:
    text = "# A\n\n## Function\n\nIt coats the droplets of most cells.\n\n### In glia\n\nIt is raised by inflammation in glia.\n"

    assert [(passage.section, passage.text) for passage in parse(text, "a").passages] == [
        ("Function", "It coats the droplets of most cells."),
        ("In glia", "It is raised by inflammation in glia."),
    ]


def test_references_are_resolved_by_their_keys() -> None:
    page = read(b"# A\n\nText.[@a2019] More.[@b2020]\n\n## References\n\n- [@a2019] First.\n- [@b2020]: Second.\n")

    assert page.references == {"a2019": "First.", "b2020": "Second."}


def test_only_the_unresolved_keys_are_missing() -> None:
    page = read(b"# A\n\nText.[@a2019] More.[@b2020]\n\n## References\n\n- [@a2019] First.\n")

    assert page.missing_references == ("b2020",)


def test_references_stay_in_the_body() -> None:
    assert "- [@a2019] First." in read(b"# A\n\nText.[@a2019]\n\n## References\n\n- [@a2019] First.\n").body


def test_a_section_behind_the_references_is_kept() -> None:
    page = read(b"# A\n\nText.[@a]\n\n## References\n\n- [@a] First.\n\n## Notes\n\nA note at the end.\n")

    assert "A note at the end." in page.body


def test_prose_between_listed_hypotheses_is_kept() -> None:
    page = parse(f"{LISTING}A word on these.\n\n- [B](/hypothesis/h-00000001) — 0.5\n", "a")

    assert "A word on these." in page.body


def test_a_metadata_table_in_markdown_is_read_without_its_head() -> None:
    page = read(
        b"# A\n\nText.\n\n## Metadata\n\n| key | value |\n|---|---|\n| slug | genes-a |\n| n | 3 |\n| x | None |\n"
    )

    assert page.metadata == {"slug": "genes-a", "n": 3, "x": None}


def test_metadata_is_no_part_of_the_body() -> None:
    assert read(b"# A\n\nText.\n\n## Metadata\n\n| key | value |\n|---|---|\n| n | 3 |\n").body == "Text."


def test_a_section_behind_the_metadata_is_kept() -> None:
    page = read(
        b"# A\n\nText.\n\n## Metadata\n\n| key | value |\n|---|---|\n| n | 3 |\n\n## Discussion\n\nLast words.\n"
    )

    assert "Last words." in page.body


def test_a_section_whose_heading_only_begins_with_metadata_is_kept() -> None:
    page = read(b"# A\n\nText.\n\n## Metadata standards in imaging\n\nScanners disagree.\n")

    assert "Scanners disagree." in page.body


def test_a_metadata_value_that_no_file_can_hold_does_not_break_the_page() -> None:
    page = read(b"# A\n\nText.\n\n## Metadata\n\n| key | value |\n|---|---|\n| x | '\\ud800' |\n")

    assert Page.from_json(page.to_json()) == page


def test_a_page_without_a_slug_is_called_after_its_file() -> None:
    assert parse("# A\n\nText.\n", "Genes PLIN2").slug == "genes-plin2"


def test_a_page_without_a_heading_is_titled_after_its_file() -> None:
    assert parse("Text.\n\nMore.\n", "plin2").title == "plin2"


def test_a_slug_that_leads_elsewhere_is_not_taken() -> None:
    page = read(b"# A\n\nText.\n\n## Metadata\n\n| key | value |\n|---|---|\n| slug | ../../etc/passwd |\n")

    assert page.slug == "a"


@pytest.mark.parametrize("dots", ["...", "…"])
def test_a_page_with_an_ellipsis_in_its_prose_is_left_whole(dots: str) -> None:
    prose = f"The trial began well{dots} and then it was stopped for safety."

    assert prose in flat("A", "Overview", prose, "Methods", "Rats were fed lipids.", "They grew.").body


def test_an_ellipsis_drops_nothing_that_does_not_stand_behind_it() -> None:
    page = flat(
        "A", "Overview", "A sentence that stands here alone and only once...", "Overview", "Another text.", "End."
    )

    assert "A sentence that stands here alone and only once..." in page.body


def test_bare_lines_of_a_copied_page_are_headings() -> None:
    assert flat("A", "Function", "It coats droplets.", "- one", "- two").body == (
        "## Function\n\nIt coats droplets.\n\n- one\n- two"
    )


def test_a_heading_sign_in_a_code_block_begins_no_section() -> None:
    page = read(b"# A\n\nText.\n\n```\n## References\nnot one\n```\n\nEnd.\n")

    assert page.body == "Text.\n\n```\n## References\nnot one\n```\n\nEnd."


def test_raw_html_in_a_passage_is_words() -> None:
    page = read(b"# A\n\nPatients aged <18 years <b>improved</b> within a month of it.\n")

    assert page.passages[0].text == "Patients aged <18 years <b>improved</b> within a month of it."


def test_links_to_hypotheses_and_other_sites_are_no_entities() -> None:
    page = read(b"# A\n\n[a](/hypothesis/h-00000001) [b](https://a.org/genes/x) [c](/genes/x) [d](//a.org/x) [e](/x)\n")

    assert [link.key for link in page.links] == ["genes/x"]


def test_an_entity_that_is_linked_twice_counts_once() -> None:
    page = read(b"# A\n\n[PLIN2](/genes/plin2) and [perilipin](/genes/plin2).\n")

    assert [(link.key, link.name) for link in page.links] == [("genes/plin2", "PLIN2")]


@pytest.mark.parametrize("score", ["7.0", "1.01", "66"])
def test_a_listed_score_above_one_is_refused(score: str) -> None:
    with pytest.raises(InputError, match=f"h-00000001 with the score {re.escape(score)}; a score lies between 0 and 1"):
        parse(f"{LISTING}- [B](/hypothesis/h-00000001) — {score} · Target: PLIN2\n", "a")


@pytest.mark.parametrize("minus", ["-", "\u2212"])
def test_a_listed_score_below_zero_is_refused(minus: str) -> None:
    with pytest.raises(InputError, match="a score lies between 0 and 1"):
        parse(f"{LISTING}- [B](/hypothesis/h-00000001) — {minus}0.5 · Target: PLIN2\n", "a")


def test_a_listed_id_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="'h-123' is not a hypothesis id"):
        parse(f"{LISTING}- [B](/hypothesis/h-123) — 0.5\n", "a")


@pytest.mark.parametrize(
    ("rest", "score", "target"),
    [
        (" — 0.5 · Target: PLIN2", 0.5, "PLIN2"),
        (" · Target: PLIN2", None, "PLIN2"),
        (" — 0.5", 0.5, None),
        ("", None, None),
    ],
)
def test_a_listed_score_and_target_may_be_missing(rest: str, score: float | None, target: str | None) -> None:
    listed = parse(f"{LISTING}- [B](/hypothesis/h-00000001){rest}\n", "a").listed

    assert listed == (Listed(hypothesis="h-00000001", title="B", targets=(target,) if target else (), score=score),)


def test_a_target_with_a_number_is_no_score() -> None:
    listed = parse(f"{LISTING}- [B](/hypothesis/h-00000001) · Target: interleukin 6\n", "a").listed

    assert (listed[0].score, listed[0].targets) == (None, ("interleukin 6",))


def test_a_listed_title_may_hold_brackets() -> None:
    listed = parse(f"{LISTING}- [PLIN2 [draft] (v2)](/hypothesis/h-00000001) — 0.5\n", "a").listed

    assert listed[0].title == "PLIN2 [draft] (v2)"


def test_a_hypothesis_that_is_listed_twice_counts_as_and_where_it_is_listed_first() -> None:
    rows = "".join(
        f"- [{title}](/hypothesis/{name}) — {score}\n"
        for title, name, score in (("A", "h-00000001", 0.5), ("B", "h-00000002", 0.4), ("C", "h-00000001", 0.3))
    )

    assert [(each.title, each.score) for each in parse(LISTING + rows, "a").listed] == [("A", 0.5), ("B", 0.4)]


def test_several_targets_are_several_names() -> None:
    listed = parse(f"{LISTING}- [B](/hypothesis/h-00000001) — 0.5 · Target: PLIN2, ALOX15\n", "a").listed

    assert listed[0].targets == ("PLIN2", "ALOX15")


def test_the_score_of_a_demonstration_is_not_taken_over() -> None:
    listed = parse(f"{LISTING}- [B](/hypothesis/h-00000001) — 0.5 · Target: PLIN2 · demonstration\n", "a").listed

    assert (listed[0].score, listed[0].targets) == (None, ("PLIN2",))


def test_the_score_of_a_demonstration_with_another_mark_is_not_taken_over() -> None:
    rows = "- [B](/hypothesis/h-00000001) — 0.5 · Target: PLIN2 · demonstration · out of date\n"

    assert parse(LISTING + rows, "a").listed[0].score is None


def test_a_title_that_ends_in_the_word_demonstration_keeps_its_score() -> None:
    assert parse(f"{LISTING}- [A demonstration](/hypothesis/h-00000001) — 0.5\n", "a").listed[0].score == 0.5


@pytest.mark.parametrize(
    "said", [LEGEND, *(f"- *{word}*: {meaning}" for word, meaning in MEANINGS.items()), NONE, PROBLEM]
)
def test_what_exchange_itself_says_on_a_page_is_no_passage(said: str) -> None:
    read = parse(f"{LISTING}- [B](/hypothesis/h-00000001) — 0.5\n\n{said}\n", "a")

    assert (len(read.listed), read.body) == (1, "Text.")


def test_what_stands_indented_below_a_hypothesis_is_no_passage() -> None:
    text = (
        f"{LISTING}- [B](/hypothesis/h-00000001) — **0.5**\n  *Imported, not checked here: given by somebody else.*\n"
    )

    assert "given by somebody" not in " ".join(each.text for each in parse(text, "a").passages)

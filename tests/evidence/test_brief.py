from exchange.domain.debate import Brief
from exchange.domain.format import BriefSize
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.page import Page, Passage
from exchange.evidence.brief import make, sentences, shorten

CLAIM = Hypothesis(
    id="h-0e9a3b1c", title="PLIN2 in glia", statement="Raising PLIN2 protects neurons.", targets=("PLIN2",)
)


def page(*texts: str, slug: str = "genes-plin2", section: str = "Function") -> Page:
    return Page(
        slug=slug,
        title="PLIN2",
        body="x",
        source="x",
        passages=tuple(Passage(section=section, text=text, keys=("a2019",)) for text in texts),
    )


def made(*pages: Page, passages: int = 10, characters: int = 200, about: Hypothesis = CLAIM) -> Brief:
    return make(about, pages, BriefSize(passages=passages, characters=characters), str)


def texts(made: Brief) -> list[str]:
    return [passage.text for passage in made.passages]


def test_the_closest_passages_are_picked() -> None:
    offered = page("The weather is mild today.", "Raising PLIN2 protects neurons in culture.", "Rain falls in autumn.")

    assert texts(made(offered, passages=1)) == ["Raising PLIN2 protects neurons in culture."]


def test_the_picked_passages_keep_their_pages_order() -> None:
    offered = page("PLIN2 is a protein.", "The weather is mild.", "Raising PLIN2 protects neurons.")

    assert texts(made(offered, passages=2)) == ["PLIN2 is a protein.", "Raising PLIN2 protects neurons."]


def test_of_equally_close_passages_the_first_are_picked() -> None:
    assert texts(made(page("One thing.", "Two things.", "Three things."), passages=2)) == ["One thing.", "Two things."]


def test_a_sections_heading_counts_for_closeness() -> None:
    near = page("It is seen in culture.", section="PLIN2 protects neurons", slug="b")

    assert texts(made(page("It is mild today."), near, passages=1)) == ["It is seen in culture."]


def test_passages_are_numbered_from_one() -> None:
    offered = page("The weather is mild.", "PLIN2 protects neurons.", "PLIN2 coats droplets.")

    assert [passage.number for passage in made(offered, passages=2).passages] == [1, 2]


def test_a_passage_that_stands_on_two_pages_counts_once() -> None:
    twice = made(page("PLIN2 coats droplets."), page("PLIN2 coats droplets.", slug="genes-plin3"))

    assert [(passage.page, passage.text) for passage in twice.passages] == [("genes-plin2", "PLIN2 coats droplets.")]


def test_a_passage_keeps_its_page_section_and_keys() -> None:
    passage = made(page("PLIN2 coats droplets.")).passages[0]

    assert (passage.page, passage.section, passage.keys) == ("genes-plin2", "Function", ("a2019",))


def test_a_long_passage_is_cut_after_its_last_whole_sentence() -> None:
    offered = page("PLIN2 coats lipid droplets in glia. It slows lipolysis. It is raised by inflammatory signals.")

    assert texts(made(offered, characters=60)) == ["PLIN2 coats lipid droplets in glia. It slows lipolysis."]


def test_the_offered_sentences_are_those_that_were_kept() -> None:
    offered = page("PLIN2 coats lipid droplets in glia. It slows lipolysis. It is raised by inflammatory signals.")

    assert made(offered, characters=60).passages[0].sentences == (
        "PLIN2 coats lipid droplets in glia.",
        "It slows lipolysis.",
    )


def test_a_sentence_too_long_by_itself_is_cut_after_a_word() -> None:
    assert shorten("astrocytes hold lipid droplets", 25) == "astrocytes hold lipid"


def test_a_word_too_long_by_itself_is_cut_where_the_room_ends() -> None:
    assert shorten("onasemnogene", 5) == "onase"


def test_a_text_that_fits_is_left_as_it_is() -> None:
    assert shorten("One. Two.", 9) == "One. Two."


def test_a_decimal_point_ends_no_sentence() -> None:
    assert sentences("A 2.39-point gain was seen. It lasted.") == ["A 2.39-point gain was seen.", "It lasted."]


def test_line_breaks_in_a_passage_become_spaces() -> None:
    assert texts(made(page("PLIN2 coats\n  droplets."))) == ["PLIN2 coats droplets."]


def test_claim_targets_sections_and_passages_are_cleaned() -> None:
    size = BriefSize(passages=1, characters=200)
    cleaned = make(CLAIM, [page("PLIN2 coats droplets.")], size, str.upper)

    assert (cleaned.claim, cleaned.targets, cleaned.passages[0].section, cleaned.passages[0].text) == (
        "RAISING PLIN2 PROTECTS NEURONS.",
        ("PLIN2",),
        "FUNCTION",
        "PLIN2 COATS DROPLETS.",
    )


def test_a_hypothesis_without_a_statement_is_debated_by_its_title() -> None:
    bare = made(about=Hypothesis(id="h-0e9a3b1c", title="PLIN2 in glia"))

    assert (bare.claim, bare.by_title) == ("PLIN2 in glia", True)


def test_a_hypothesis_with_a_statement_is_debated_by_it() -> None:
    assert (made().claim, made().by_title) == ("Raising PLIN2 protects neurons.", False)


def test_a_brief_without_pages_has_no_passages() -> None:
    assert made().passages == ()


def test_a_passage_of_which_nothing_is_left_is_no_passage() -> None:
    size = BriefSize(passages=5, characters=100)
    made = make(CLAIM, [page("\u200b" * 60, "PLIN2 coats droplets.")], size, lambda text: text.replace("\u200b", ""))

    assert [each.text for each in made.passages] == ["PLIN2 coats droplets."]

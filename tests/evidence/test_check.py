import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.domain.debate import Check
from exchange.evidence.check import check, folded
from tests.builders import brief, passage


def checked(quote: str, text: str, number: int = 1) -> Check:
    return check(brief(passage(text=text)), number, quote)


def test_the_passages_own_words_are_verified() -> None:
    assert checked("coats lipid droplets", "PLIN2 coats lipid droplets in glia.") is Check.VERIFIED


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_passage_that_the_brief_lacks_is_unknown(number: int) -> None:
    assert checked("coats lipid droplets", "PLIN2 coats lipid droplets.", number) is Check.UNKNOWN


def test_words_that_stand_in_another_passage_are_misquoted() -> None:
    both = brief(passage(1, "PLIN2 coats lipid droplets."), passage(2, "Microglia engulf the debris."))

    assert check(both, 2, "coats lipid droplets") is Check.MISQUOTED


def test_words_in_another_order_are_misquoted() -> None:
    assert checked("lipid droplets coats", "PLIN2 coats lipid droplets.") is Check.MISQUOTED


def test_a_changed_word_is_misquoted() -> None:
    assert checked("PLIN2 strips lipid droplets", "PLIN2 coats lipid droplets.") is Check.MISQUOTED


def test_a_dropped_negation_is_misquoted() -> None:
    assert checked("PLIN2 does protect", "PLIN2 does not protect neurons.") is Check.MISQUOTED


@pytest.mark.parametrize("quote", ["", "   ", "lipid", "a b c d", "«…»", "PLIN-2, 3!", "... … ..."])
def test_too_few_letters_to_look_for_are_unquoted(quote: str) -> None:
    assert checked(quote, "PLIN-2, 3! a b c d lipid droplets") is Check.UNQUOTED


def test_eight_letters_are_enough() -> None:
    assert checked("droplets", "PLIN2 coats lipid droplets.") is Check.VERIFIED


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("PLIN2 COATS Droplets", "plin2 coats droplets"),
        ("plin2  coats\n\tdroplets", "PLIN2 coats droplets"),
        ("plin2 coats\u00a0droplets", "PLIN2\u2009coats droplets"),
        ("dose-dependent decline", "dose\u2011dependent decline"),
        ("12-14 months of age", "12\u201314 months of age"),
        ("at \u22125 degrees Celsius", "at -5 degrees Celsius"),
        ('the "coat" of the droplet', "the “coat” of the droplet"),
        ("the cell's own droplets", "the cell’s own droplets"),
        ("the coefficient is high", "the coe\ufb03cient is high"),
        ("1.1 x 1014 vector genomes", "1.1 x 10¹⁴ vector genomes"),
        ("the naïve patients", "the nai\u0308ve patients"),
        ("lipid droplets", "li\u00adpid drop\u200blets"),
        ("STRASSENMÄUSE", "Straßenmäuse"),
    ],
    ids=[
        "case",
        "space",
        "no-break space",
        "hyphen",
        "en dash",
        "minus",
        "quotation marks",
        "apostrophe",
        "ligature",
        "superscript",
        "combining mark",
        "invisible",
        "sharp s",
    ],
)
def test_what_a_reader_would_call_the_same_words_is_verified(quote: str, text: str) -> None:
    assert checked(quote, text) is Check.VERIFIED


def test_quotation_marks_around_the_quote_do_not_count() -> None:
    assert checked("“coats lipid droplets”", "PLIN2 coats lipid droplets.") is Check.VERIFIED


@pytest.mark.parametrize("quote", ["lipid drop", "pid droplets", "IN2 coats lipid"])
def test_a_quote_that_ends_inside_a_word_is_misquoted(quote: str) -> None:
    assert checked(quote, "PLIN2 coats lipid droplets.") is Check.MISQUOTED


def test_art_does_not_stand_in_heart() -> None:
    assert checked("art failure", "chronic heart failure") is Check.MISQUOTED


def test_a_number_does_not_stand_in_a_longer_one() -> None:
    assert checked("25 patients recovered", "125 patients recovered") is Check.MISQUOTED


def test_words_of_a_pattern_are_taken_as_they_are() -> None:
    assert checked("droplets .* glia", "droplets in the glia") is Check.MISQUOTED


@pytest.mark.parametrize("dots", ["...", " … ", " [...] ", "[…]"])
def test_pieces_around_an_ellipsis_are_verified_in_their_order(dots: str) -> None:
    text = "PLIN2 coats lipid droplets in astrocytes and slows lipolysis."

    assert checked(f"PLIN2 coats{dots}slows lipolysis", text) is Check.VERIFIED


def test_pieces_around_an_ellipsis_in_the_wrong_order_are_misquoted() -> None:
    text = "PLIN2 coats lipid droplets in astrocytes and slows lipolysis."

    assert checked("slows lipolysis … PLIN2 coats", text) is Check.MISQUOTED


def test_a_piece_cannot_be_found_in_the_words_of_the_piece_before_it() -> None:
    assert checked("lipid droplets … droplets", "the lipid droplets of glia") is Check.MISQUOTED


def test_folding_twice_changes_nothing_more() -> None:
    once = folded("  “PLIN2”\u00a0COATS\u2014droplets ")

    assert folded(once) == once


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["plin2", "coats", "lipid", "in", "glia"]), min_size=4, max_size=12), st.data())
def test_any_four_words_in_a_row_are_verified(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(min_value=0, max_value=len(words) - 4))

    assert checked(" ".join(words[start : start + 4]), " ".join(words)) is Check.VERIFIED

"""What is said again, and what only looks like it."""

import pytest

from exchange.debate.repeating import repeats, says_nothing_new
from exchange.domain.debate import Role
from tests.builders import turn

SAID = (
    "Passage 3 states that inflammatory signals raise PLIN2 in astrocytes within hours, so the droplets come before "
    "the neurons are lost and not after it."
)
EARLIER = [turn(1, text=SAID), turn(2, Role.CRITIC, text="Nobody has shown that.", quote="It slows lipolysis")]


@pytest.mark.parametrize(
    "text",
    [
        SAID,
        f"As I said, {SAID[0].lower()}{SAID[1:]}",
        SAID.replace(", so the", "; hence the"),
        SAID.replace(" ", "  ") + "\u200b",
    ],
)
def test_the_same_in_nearly_the_same_words_is_a_repetition(text: str) -> None:
    assert repeats(text, SAID)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("raise", "do not raise"),
        ("and not after", "and after"),
        ("raise", "lower"),
        ("PLIN2", "PLIN3"),
        ("Passage 3", "Passage 5"),
        ("astrocytes", "microglia"),
        ("inflammatory", "hypoxic"),
        ("after it.", "after it; a knockout would tell."),
    ],
)
def test_a_word_that_turns_the_sense_makes_another_argument(old: str, new: str) -> None:
    assert not repeats(SAID.replace(old, new), SAID)


def test_names_that_change_places_make_another_argument() -> None:
    assert not repeats("TREM2 raises PLIN2 in microglia.", "PLIN2 raises TREM2 in microglia.")


def test_a_direction_that_changes_places_makes_another_argument() -> None:
    assert not repeats("It is a gain and no loss of function.", "It is a loss and no gain of function.")


def test_a_turn_that_repeats_argument_and_quote_says_nothing_new() -> None:
    assert says_nothing_new(turn(3, text=SAID), EARLIER)


def test_what_the_other_side_has_quoted_is_not_new() -> None:
    assert says_nothing_new(turn(3, text=SAID, quote="it slows  lipolysis"), EARLIER)


def test_a_new_quote_is_something_new() -> None:
    assert not says_nothing_new(turn(3, text=SAID, quote="Lipases are kept out"), EARLIER)


def test_the_same_words_of_another_passage_are_something_new() -> None:
    assert not says_nothing_new(turn(3, text=SAID, passage=2), EARLIER)


def test_one_new_argument_is_something_new() -> None:
    again, new = turn(3, text=SAID), turn(3, text="Lipases do the same in the liver.")
    both = again.model_copy(update={"arguments": (*again.arguments, *new.arguments)})

    assert not says_nothing_new(both, EARLIER)

import pytest

from exchange.linking.targets import Link, resolve

ALIASES = {
    "plin2": {"genes/plin2"},
    "adipophilin": {"genes/plin2"},
    "spinal-muscular-atrophy": {"diseases/spinal-muscular-atrophy"},
    "smn": {"proteins/smn", "genes/smn"},
    "α-synuclein": {"proteins/alpha-synuclein"},
    "synuclein": {"proteins/alpha-synuclein"},
}


@pytest.mark.parametrize("name", ["plin2", "PLIN2", "Adipophilin"])
def test_a_name_is_looked_up_without_case(name: str) -> None:
    assert resolve(name, ALIASES).entity == "genes/plin2"


@pytest.mark.parametrize("name", ["Spinal muscular atrophy", "spinal_muscular_atrophy", "Spinal Muscular-Atrophy "])
def test_a_name_in_words_is_looked_up_as_a_slug(name: str) -> None:
    assert resolve(name, ALIASES).entity == "diseases/spinal-muscular-atrophy"


def test_an_unknown_name_links_to_nothing() -> None:
    assert resolve("ALOX15", ALIASES) == Link(name="ALOX15", entity=None, candidates=())


def test_an_unknown_name_is_not_ambiguous() -> None:
    assert not resolve("ALOX15", ALIASES).ambiguous


def test_an_ambiguous_name_links_to_nothing_and_names_all_that_bear_it() -> None:
    assert resolve("SMN", ALIASES) == Link(name="SMN", entity=None, candidates=("genes/smn", "proteins/smn"))


def test_a_name_that_two_entities_bear_is_ambiguous() -> None:
    assert resolve("SMN", ALIASES).ambiguous


def test_a_part_of_a_name_is_not_the_name() -> None:
    assert resolve("PLIN", ALIASES).entity is None


@pytest.mark.parametrize("name", ["", " ", "--"])
def test_no_name_links_to_nothing(name: str) -> None:
    assert resolve(name, ALIASES).entity is None


def test_a_name_in_greek_letters_is_found_as_it_is() -> None:
    assert resolve("Α-Synuclein", ALIASES).entity == "proteins/alpha-synuclein"


def test_a_name_with_another_greek_letter_is_another_name() -> None:
    assert resolve("β-synuclein", ALIASES).entity is None

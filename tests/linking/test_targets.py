import pytest

from exchange.domain.alias import Alias, Given
from exchange.linking.targets import Aliases, Link, resolve

ALIASES = Aliases(
    Alias(entity, spelling, given)
    for entity, spelling, given in (
        ("genes/plin2", "PLIN2", Given.NAME),
        ("genes/plin2", "ADRP", Given.SYNONYM),
        ("genes/plin2", "adipophilin", Given.LINK),
        ("diseases/spinal-muscular-atrophy", "spinal-muscular-atrophy", Given.SLUG),
        ("proteins/smn", "smn", Given.LINK),
        ("genes/smn", "SMN", Given.LINK),
        ("proteins/alpha-synuclein", "α-synuclein", Given.LINK),
        ("proteins/alpha-synuclein", "synuclein", Given.SLUG),
        ("genes/bdnf", "BDNF", Given.NAME),
        ("genes/bdnf-as", "BDNF", Given.SYNONYM),
        ("genes/thread", "ACT", Given.NAME),
        ("genes/fhl5", "ACT", Given.SYNONYM),
        ("genes/serpina3", "ACT", Given.SYNONYM),
        ("genes/sod1", "ALS", Given.SYNONYM),
        ("genes/igfals", "ALS", Given.SYNONYM),
        ("genes/mybbp1a", "P160", Given.SYNONYM),
        ("genes/msh6", "p160", Given.SYNONYM),
        ("genes/tpm1", "Tpm", Given.NAME),
        ("genes/tpm2", "TPM", Given.NAME),
        ("proteins/perilipin", "PLIN2", Given.LINK),
    )
)


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


def test_a_synonym_leads_to_its_gene() -> None:
    assert resolve("ADRP", ALIASES).entity == "genes/plin2"


def test_a_name_counts_before_the_words_of_a_link() -> None:
    assert resolve("PLIN2", ALIASES).entity == "genes/plin2"


def test_a_symbol_is_its_genes_though_another_has_it_as_a_synonym() -> None:
    assert resolve("BDNF", ALIASES).entity == "genes/bdnf"


def test_a_symbol_that_two_others_have_as_a_synonym_is_ambiguous() -> None:
    assert resolve("ACT", ALIASES).candidates == ("genes/fhl5", "genes/serpina3", "genes/thread")


def test_a_synonym_of_two_genes_is_ambiguous() -> None:
    assert resolve("ALS", ALIASES) == Link(name="ALS", entity=None, candidates=("genes/igfals", "genes/sod1"))


@pytest.mark.parametrize("name", ["p160", "P160"])
def test_synonyms_that_differ_in_case_alone_are_ambiguous(name: str) -> None:
    assert resolve(name, ALIASES).candidates == ("genes/msh6", "genes/mybbp1a")


@pytest.mark.parametrize(("name", "entity"), [("Tpm", "genes/tpm1"), ("TPM", "genes/tpm2"), ("tpm", None)])
def test_case_decides_between_official_names(name: str, entity: str | None) -> None:
    assert resolve(name, ALIASES).entity == entity

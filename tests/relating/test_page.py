"""What joins hypotheses to a page: entities 1 to 9, of which 1 to 3 are genes, 4 and 5 diseases, 6 and 7 mechanisms."""

from collections.abc import Set

import pytest

from exchange.domain.relation import FLOOR, Reason
from exchange.relating.page import Claims, Entities, Subject, common, grounds
from exchange.relating.weights import relation

PATHS = {
    1: "genes",
    2: "genes",
    3: "genes",
    4: "diseases",
    5: "diseases",
    6: "mechanisms",
    7: "mechanisms",
    8: "therapeutics",
}
NAMES = {1: "PLIN2", 2: "ALOX15", 3: "SMN1", 4: "gout", 5: "asthma", 6: "lipophagy", 7: "clearance", 8: "statin"}


def shown(
    page: Subject,
    targets: Set[int] = frozenset({1}),
    names: Set[int] = frozenset(),
    beside: dict[int, set[int]] | None = None,
    links: dict[int, set[int]] | None = None,
    often: Set[int] = frozenset(),
) -> list[str]:
    """Why the page shows a hypothesis with these targets and names; nothing where it does not."""
    both = {one: set(others) for one, others in (beside or {}).items()}
    for one, others in (beside or {}).items():
        for other in others:
            both.setdefault(other, set()).add(one)
    known = Entities(names=NAMES, paths=PATHS, beside=both, links=links or {}, common=often)
    found = grounds(page, Claims.of({"h": targets}, {"h": names}), known)
    made = relation("h", found.get("h", ()))
    return [each.why for each in made.reasons] if made.relevance >= FLOOR else []


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (Subject(own=1), "subject"),
        (Subject(own=6, linked=frozenset({1, 2})), "linked"),
        (Subject(own=2, named=frozenset({1})), "named"),
    ],
)
def test_a_target_that_the_page_has_is_shown(page: Subject, why: str) -> None:
    assert shown(page) == [why]


def test_a_page_that_has_nothing_of_a_hypothesis_shows_it_not() -> None:
    assert shown(Subject(own=2, linked=frozenset({4}), named=frozenset({6}))) == []


def test_a_claim_about_what_the_page_is_about_is_shown() -> None:
    assert shown(Subject(own=4), names={4}) == ["claimed"]


def test_a_mechanism_of_the_claim_that_is_linked_is_shown() -> None:
    assert shown(Subject(own=3, linked=frozenset({6})), names={6}) == ["claim linked"]


@pytest.mark.parametrize("page", [Subject(own=3, linked=frozenset({4})), Subject(own=3, named=frozenset({6}))])
def test_a_disease_that_is_linked_and_a_mechanism_that_is_named_alone_are_too_little(page: Subject) -> None:
    assert shown(page, names={4, 6}) == []


def test_a_target_that_goes_with_the_disease_of_page_and_claim_is_shown() -> None:
    assert shown(Subject(own=4), names={4}, beside={1: {4}}) == ["goes with subject", "claimed"]


def test_the_same_disease_with_another_gene_is_not() -> None:
    assert shown(Subject(own=2, named=frozenset({4})), names={4}, beside={1: {4}, 2: {4}}) == []
    assert shown(Subject(own=6, linked=frozenset({4, 2})), names={4}, beside={1: {4}}) == []


def test_a_page_without_genes_speaks_of_those_that_go_with_its_diseases() -> None:
    assert shown(Subject(own=6, linked=frozenset({4})), beside={1: {4}}) == ["goes with linked"]
    assert shown(Subject(own=6, named=frozenset({4})), names={4}, beside={1: {4}}) == ["goes with named"]
    assert shown(Subject(own=6, named=frozenset({4})), beside={1: {4}}) == []


def test_two_steps_lead_from_a_drug_over_its_disease_to_a_target() -> None:
    assert shown(Subject(own=8), beside={8: {4}, 4: {1}}) == ["two steps"]
    assert shown(Subject(own=8, named=frozenset({3})), beside={8: {4}, 4: {1}}) == []


def test_a_page_that_is_linked_leads_to_what_it_links_to() -> None:
    assert shown(Subject(own=7, linked=frozenset({6})), links={6: {1}}) == ["next page"]
    assert shown(Subject(own=3, linked=frozenset({6})), links={6: {1}}) == []


def test_what_leads_to_a_crowd_leads_nowhere() -> None:
    known = Entities(names=NAMES, paths=PATHS, beside={8: {4}, 4: {8, 1}})
    crowd = Claims.of({f"h{number}": {1} for number in range(30)}, {})
    found = grounds(Subject(own=8), crowd, known)

    assert {relation(name, each).relevance >= FLOOR for name, each in found.items()} == {False}


def test_what_all_pages_have_joins_nothing() -> None:
    pages = [Subject(own=6, named=frozenset({4})) for _ in range(30)]

    assert common(pages) == {4}
    assert shown(Subject(own=6, linked=frozenset({4})), beside={1: {4}}, often={4}) == []


def test_reasons_name_what_they_are_by() -> None:
    known = Entities(names=NAMES, paths=PATHS, beside={4: {1}})
    found = grounds(Subject(own=4), Claims.of({"h": {1}}, {}), known)

    assert [ground.reason for ground in found["h"]] == [Reason("goes with subject", ("PLIN2", "gout"))]

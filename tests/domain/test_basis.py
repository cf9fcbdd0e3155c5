import pytest

from exchange.domain.event import Basis

PARTS = list(Basis.model_fields)
BASIS = Basis(**{part: f"{part} then" for part in PARTS})


def test_a_basis_differs_from_itself_in_nothing() -> None:
    assert BASIS.differing(BASIS) == ()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_differs_is_named(part: str) -> None:
    assert BASIS.differing(BASIS.model_copy(update={part: "other"})) == (part,)


def test_parts_that_differ_are_named_in_the_order_of_a_basis() -> None:
    assert BASIS.differing(Basis(**{part: f"{part} now" for part in PARTS})) == tuple(PARTS)


def test_targets_have_one_digest_in_any_order() -> None:
    assert Basis.of_entities(["A", "B"]) == Basis.of_entities(["B", "A"])


def test_other_targets_have_another_digest() -> None:
    assert Basis.of_entities(["A", "B"]) != Basis.of_entities(["A"])

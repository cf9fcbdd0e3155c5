import pytest

from exchange.relating.kin import Said, kin


def folded(*texts: str, about: tuple[str, ...] = (), stances: tuple[int | None, ...] = ()) -> set[frozenset[int]]:
    """Which of the claims are folded, by their places."""
    said = [
        Said(
            hypothesis=f"h{place}",
            text=text,
            about=about[place] if about else "genes/plin2",
            stance=stances[place] if stances else 1,
        )
        for place, text in enumerate(texts)
    ]
    groups: dict[str, set[int]] = {}
    for name, first in kin(said).items():
        groups.setdefault(first, set()).add(int(name[1:]))
    return {frozenset(each) for each in groups.values()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Raising PLIN2 lets astrocytes hold inflammatory lipids",
            "Raising PLIN2 lets astrocytes hold inflammatory lipids.",
        ),
        ("Raising PLIN2 lets astrocytes hold inflammatory lipids", "Raising PLIN2 lets the astrocytes hold lipids"),
        ("PLIN2 protects neurons from lipid stress", "PLIN2 protects a neuron from lipid stress"),
    ],
)
def test_claims_that_say_nearly_the_same_are_folded(one: str, other: str) -> None:
    assert folded(one, other) == {frozenset({0, 1})}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Raising PLIN2 in astrocytes protects neurons", "Raising PLIN2 in microglia protects neurons"),
        ("Raising PLIN2 protects neurons", "Raising PLIN2 does not protect neurons"),
        ("Raising PLIN2 protects neurons", "Lowering PLIN2 protects neurons"),
        ("Raising PLIN2 by 10 percent helps", "Raising PLIN2 by 90 percent helps"),
        ("PLIN2 in disease", "PLIN2 in disease of the old who live in cities and never move about at all"),
    ],
)
def test_a_claim_that_puts_one_word_otherwise_is_another(one: str, other: str) -> None:
    assert folded(one, other) == set()


def test_the_same_words_about_other_targets_or_to_another_end_are_not_folded() -> None:
    same = "It protects neurons"

    assert folded(same, same, about=("genes/a", "genes/b")) == folded(same, same, stances=(1, -1)) == set()


def test_all_of_a_group_are_folded_into_its_first() -> None:
    assert folded("PLIN2 helps cells", "PLIN2 binds iron", "PLIN2 helps cell", "PLIN2 helps the cells") == {
        frozenset({0, 2, 3})
    }

import pytest

from exchange.relating.direction import direction, negations, stance


def told(claim: str, target: str = "PLIN2") -> tuple[str | None, int | None]:
    """What the claim would do to the target, and whether it expects good of more of it."""
    start = claim.find(target)
    turned = direction(claim, [(start, start + len(target))])
    return (turned.value if turned else None), stance(claim, turned)


@pytest.mark.parametrize(
    "claim",
    [
        "Raising PLIN2 in astrocytes protects neurons",
        "Overexpression of PLIN2 slows decline",
        "AAV delivery of PLIN2 restores lipid clearance",
        "PLIN2 overexpression reduces inflammation",
        "Activating the PLIN2 pathway rescues memory",
        "PLIN2 agonists delay degeneration",
    ],
)
def test_raising_a_target_for_good(claim: str) -> None:
    assert told(claim) == ("raises", 1)


@pytest.mark.parametrize(
    "claim",
    [
        "Lowering PLIN2 slows decline",
        "Blocking PLIN2 restores microglial clearance",
        "Inhibition of PLIN2 protects myelin",
        "PLIN2 knockdown improves memory",
        "PLIN2 gene silencing limits plaque growth",
        "Loss of PLIN2 prevents atrophy",
    ],
)
def test_lowering_a_target_for_good(claim: str) -> None:
    assert told(claim) == ("lowers", -1)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Raising PLIN2 accelerates decline", ("raises", -1)),
        ("Loss of PLIN2 worsens outcome", ("lowers", 1)),
        ("Raising PLIN2 does not protect neurons", ("raises", -1)),
        ("PLIN2 holds back inflammatory signals", (None, 1)),
        ("PLIN2 drives neuronal death", (None, -1)),
        ("Lowering PLIN2 in microglia empties their droplets and restores the engulfment of debris", ("lowers", -1)),
        ("PLIN2 binds iron", (None, None)),
        ("Lipids rise, and PLIN2 binds them", (None, None)),
    ],
)
def test_good_and_ill_are_read_from_the_effect(claim: str, expected: tuple[str | None, int | None]) -> None:
    assert told(claim) == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Reducing loss of PLIN2 protects neurons", ("raises", 1)),
        ("Blocking degradation of PLIN2 slows decline", ("raises", 1)),
        ("Preventing PLIN2 overexpression protects neurons", ("lowers", -1)),
        ("Lowering lipids by lowering PLIN2 protects neurons", ("lowers", -1)),
    ],
)
def test_what_is_lowered_of_a_loss_is_raised(claim: str, expected: tuple[str | None, int | None]) -> None:
    assert told(claim) == expected


def test_what_is_left_undone_tells_nothing() -> None:
    assert told("Without lowering PLIN2, neurons protect themselves")[0] is None


def test_a_word_of_another_clause_or_far_away_tells_nothing() -> None:
    assert told("When decline is slowed by lowering iron, PLIN2 stays as it is")[0] is None
    assert told("Raising iron in the cells that one finds beside the vessels of PLIN2 mice")[0] is None


def test_negations_are_counted_as_words() -> None:
    assert [negations(claim) for claim in ("It does not hold", "It doesn't", "A notable cannon", "never, no")] == [
        1,
        1,
        0,
        2,
    ]

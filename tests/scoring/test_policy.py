from exchange.scoring.policy import COLD, SHIPPED


def test_the_shipped_policies_keep_their_digests_by_which_stored_scores_name_them() -> None:
    assert {digest: policy.title for digest, policy in SHIPPED.items()} == {
        "49df6eb077f8569232c4e9260cdf5d59a6d9f6829df42a02023478a784bc1ff4": "cold 1",
        "005f51d28cb03d42d7a6ac09e74c5f19aa1cd1bb8b1409ebb54f10bdd589e5b7": "cold 2",
    }


def test_a_policy_is_listed_by_its_own_digest() -> None:
    assert [policy.digest for policy in SHIPPED.values()] == list(SHIPPED)


def test_the_cold_policy_is_the_latest_and_rests_on_no_outcome() -> None:
    assert (COLD.title, COLD.outcomes, COLD.calibrated, COLD.weights) == ("cold 2", 0, False, {})


def test_two_policies_that_differ_in_one_constant_have_different_digests() -> None:
    assert COLD.digest != COLD.model_copy(update={"correlation": 0.5}).digest


def test_a_field_at_its_default_is_no_part_of_the_digest() -> None:
    assert COLD.digest == COLD.model_copy(update={"wobble": 0.5, "weights": {}, "intercept": 0.0}).digest

from typing import Any

import pytest

from exchange.domain.debate import Check, Role
from exchange.domain.score import Conduct
from exchange.domain.verdict import Unscored, When
from exchange.scoring.ballots import Ballot, ballots, conduct
from tests.builders import sitting, turn, verdict

RATINGS = {"plausibility": "high", "evidence": "high", "testability": "high"}


def side(role: Role = Role.PROPOSER, /, **counted: int) -> Conduct:
    """What is counted of a side; all that is not named is none."""
    none: dict[str, Any] = dict.fromkeys(("arguments", "verified", "misquoted", "unquoted", "unknown", "unchecked"), 0)
    return Conduct(role=role, **(none | counted))


def test_a_verdicts_ballot_has_its_sitting_its_credence_and_its_words() -> None:
    at = sitting("judge-2", When.FINAL)

    assert ballots([verdict(at, 70, "high")]) == (
        Ballot(
            seat="judge-2", model="openai:judge-2", when="final", order="proposer-first", credence=70, ratings=RATINGS
        ),
    )


def test_a_sitting_that_gave_no_verdict_has_a_ballot_without_credence_and_ratings() -> None:
    found = ballots([Unscored(sitting=sitting(), reason="not JSON")])

    assert [(each.seat, each.credence, each.ratings) for each in found] == [("judge-1", None, {})]


def test_ballots_come_in_the_order_of_the_verdicts() -> None:
    given = [verdict(sitting(seat)) for seat in ("judge-2", "judge-1")]

    assert [each.seat for each in ballots(given)] == ["judge-2", "judge-1"]


@pytest.mark.parametrize("check", Check)
def test_a_citation_is_counted_by_what_its_check_found(check: Check) -> None:
    assert conduct([turn(check=check)]) == (side(**{"arguments": 1, check.value: 1}),)


def test_a_sides_turns_are_counted_together() -> None:
    assert conduct([turn(), turn(3, check=Check.MISQUOTED)]) == (side(arguments=2, verified=1, misquoted=1),)


def test_the_proposers_line_is_the_first_whoever_spoke_first() -> None:
    assert [each.role for each in conduct([turn(2, Role.CRITIC), turn(1)])] == [Role.PROPOSER, Role.CRITIC]


def test_a_side_that_said_nothing_has_no_line() -> None:
    assert conduct([turn(2, Role.CRITIC)]) == (side(Role.CRITIC, arguments=1, verified=1),)


def test_an_argument_without_citations_is_counted() -> None:
    bare = turn().arguments[0].model_copy(update={"citations": ()})

    assert conduct([turn().model_copy(update={"arguments": (bare, bare)})]) == (side(arguments=2),)

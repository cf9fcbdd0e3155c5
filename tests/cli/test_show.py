"""`exchange show`: a score with all that it is made of."""

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.domain.bands import Certainty
from exchange.domain.debate import Role
from exchange.domain.event import Cause, Outcome, Resolution, ScoreEvent, Share
from exchange.domain.policy import COLD
from exchange.domain.score import Conduct, CriterionScore, JudgeScore, State
from exchange.scoring.basis import basis
from exchange.store import hypotheses
from exchange.store.engine import open_store
from exchange.store.policies import put_in_force
from tests import builders, events
from tests.cli.running import HYPOTHESIS, run
from tests.conftest import ROOT

QUOTE = "that coats lipid droplets in most cell types"
JUDGES = (
    JudgeScore(
        seat="judge-1", model="openai:x", prior=0.5, final=0.7, shift=0.2, by_order={"critic-first": 0.7}, flipped=True
    ),
    JudgeScore(seat="judge-2", model="openai:y", prior=None, final=0.8, shift=None, by_order={}, weight=1.5),
)
CRITERIA = (
    CriterionScore(name="safety", label="Safety", weight=0.4, value=0.6, spread=0.1, agreement=0.25, alpha=-0.05),
    CriterionScore(name="novelty", label="Novelty", weight=0.6, value=0.7),
)
CONDUCT = (
    Conduct(role=Role.PROPOSER, arguments=5, verified=4, misquoted=1, unquoted=0, unknown=0),
    Conduct(role=Role.CRITIC, arguments=2, verified=0, misquoted=0, unquoted=3, unknown=2, unchecked=1),
)
FULL = dict(
    low=0.5,
    high=0.9,
    composite=0.66,
    prior=0.5,
    shift=0.25,
    certainty=Certainty.LEANING,
    judges=JUDGES,
    criteria=CRITERIA,
    missing_criteria=("cost",),
    conduct=CONDUCT,
    spread=1.05,
    effective=1.7,
    flips=1,
    unscored=2,
    outcomes=7,
)


def given(database: Path, *appended: ScoreEvent) -> None:
    store = open_store(database)
    events.append(store, *appended)
    store.close()


def full(**changed: Any) -> ScoreEvent:
    return events.scored(0.75, HYPOTHESIS, **(FULL | changed))


def lines(*arguments: str) -> list[str]:
    return [line.strip() for line in run("show", HYPOTHESIS, *arguments).stdout.splitlines()]


def in_json() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("show", HYPOTHESIS, "--json").stdout)
    return found


@pytest.mark.parametrize(
    "line",
    [
        "Score: 0.75 (0.50–0.90) △ strong (leaning)",
        "scored: There is enough to give a number, and the judges do not stand on opposite sides.",
        "leaning: The score probably lies in its band.",
        "rank 1 of 1; on PLIN2: rank 1 of 1",
        "credence 0.75 (0.50–0.90), the judges' pooled probability that the claim is true",
        "composite 0.66, the rubric's weighted mean",
        "Safety: 0.60 (weight 0.40), spread 0.10, agreement 0.25, alpha -0.05",
        "Novelty: 0.70 (weight 0.60)",
        "rated by nobody: cost",
        "before the debate 0.50, after it 0.75, shift +0.25",
        "judge-1 (openai:x): prior 0.50, final 0.70 (critic-first 0.70), shift +0.20, changed sides with the order",
        "judge-2 (openai:y): prior none, final 0.80 (no final verdict), weight 1.50",
        "spread between judges 1.05 in log-odds; they are worth 1.7 independent judges",
        "order flips: 1 of 2 judges changed sides with the order of presentation",
        "2 sittings gave no readable verdict",
        "proposer: 5 arguments; quotes: 4 verified, 1 misquoted",
        "critic: 2 arguments; quotes: 0 verified, 3 unquoted, 2 unknown, 1 unchecked",
        "policy cold 2 (000000000000), uncalibrated: 7 of 20 outcomes",
    ],
)
def test_a_score_is_shown_with_all_that_it_is_made_of(database: Path, line: str) -> None:
    given(database, full())

    assert line in lines()


def test_a_score_of_a_calibrated_policy_names_its_outcomes(database: Path) -> None:
    given(database, full(outcomes=34))

    assert "policy cold 2 (000000000000), calibrated on 34 outcomes" in lines()


def test_a_contested_score_says_once_what_that_means(database: Path) -> None:
    given(database, full(state=State.CONTESTED))
    said = "The judges stand on opposite sides; the number is their middle and nobody's view."

    assert [line for line in lines() if said in line] == [f"contested: {said}"]


def test_a_score_without_a_number_says_why(database: Path) -> None:
    given(database, events.scored(None, HYPOTHESIS))

    assert lines()[5:8] == [
        "Score: insufficient",
        "insufficient: There is not enough to give a number.",
        "Reason: too few judges.",
    ]


def test_a_number_that_is_not_ranked_says_why(database: Path) -> None:
    given(database, events.imported(0.5, HYPOTHESIS))

    assert "no rank: ranked are numbers that a full debate gave here" in lines()


def test_ranks_are_shown_among_all_and_by_target(database: Path) -> None:
    given(database, full(), events.scored(0.8, "h-5d20c7f4"), events.scored(0.1, "h-00000009"))

    assert "rank 2 of 3, percentile 50; on PLIN2: rank 2 of 2, percentile 0" in lines()


def test_a_percentile_is_rounded_down(database: Path) -> None:
    others = [events.scored(value, f"h-{at:08x}") for at, value in enumerate((0.8, 0.1, 0.2), start=1)]
    given(database, full(), *others)

    assert any(line.startswith("rank 2 of 4, percentile 66.6;") for line in lines())


def test_a_change_is_shown_with_the_part_of_each_cause(database: Path) -> None:
    shares = (
        Share(causes=(Cause.NEW_POLICY,), change=0.05),
        Share(causes=(Cause.NEW_EVIDENCE, Cause.NEW_RULES), change=0.2),
    )
    given(database, full(), full(cause=Cause.NEW_EVIDENCE, change=0.25, shares=shares))
    shown = lines()
    at = shown.index("changed by +0.250 from what stood before (new evidence)")

    assert shown[at + 1 : at + 3] == ["+0.050 by new policy", "+0.200 by new evidence and new prompts or rubric"]


def test_an_outcome_is_shown_with_its_source(database: Path) -> None:
    outcome = Outcome(resolution=Resolution.REFUTED, source="PMID:1")
    given(database, full(), full(cause=Cause.OUTCOME, outcome=outcome))

    assert "Outcome: refuted, according to PMID:1. (2026-11-23)" in lines()


def test_what_is_out_of_date_is_named_with_what_cannot_be_had(database: Path) -> None:
    store = open_store(database)
    claim = hypotheses.hypothesis(store, HYPOTHESIS).claim
    put_in_force(store, "1" * 64)
    store.close()
    given(database, full(basis=basis(builders.setup(about=builders.brief(claim=claim)), COLD)))

    assert "Out of date: since the score was given, this has changed: the policy." in lines()
    assert in_json()["out_of_date"] == {"parts": ["policy"], "lacking": {}}


@pytest.fixture
def own_format(tmp_path: Path) -> Path:
    """A format that is named by its path."""
    path = tmp_path / "mine.toml"
    path.write_text((ROOT / "configs" / "formats" / "quick.toml").read_text().replace('"quick"', '"mine"'))
    return path


def test_a_debate_in_a_format_of_ones_own_is_not_out_of_date(database: Path, tmp_path: Path, own_format: Path) -> None:
    debate(tmp_path, "--format", str(own_format))

    assert in_json()["out_of_date"] == {"parts": [], "lacking": {}}


def test_a_format_of_ones_own_that_is_edited_is_out_of_date(database: Path, tmp_path: Path, own_format: Path) -> None:
    debate(tmp_path, "--format", str(own_format))
    own_format.write_text(own_format.read_text().replace("rounds = 1", "rounds = 2"))

    assert in_json()["out_of_date"] == {"parts": ["models"], "lacking": {}}


def test_a_format_that_is_gone_is_named_as_such(database: Path, tmp_path: Path, own_format: Path) -> None:
    debate(tmp_path, "--format", str(own_format))
    own_format.unlink()
    shown = lines()

    assert any("since the score was given, this has changed: the models or the format." in line for line in shown)
    assert any(line.startswith(f"the models or the format: There is no format '{own_format}'.") for line in shown)


def test_the_debate_s_end_and_its_baseline_are_shown(database: Path, tmp_path: Path) -> None:
    debate(tmp_path, "--format", "quick", "--baseline")
    shown = lines()

    assert "the debate ended after 3 turns: rounds spent" in shown
    assert any(line.startswith("Without a debate: 0.50 (") for line in shown)


def test_a_fresh_debate_is_not_out_of_date(database: Path, tmp_path: Path) -> None:
    debate(tmp_path, "--format", "quick")

    assert in_json()["out_of_date"] == {"parts": [], "lacking": {}}


def test_json_has_the_meanings_the_ranks_the_outcome_and_the_baseline(database: Path, tmp_path: Path) -> None:
    debate(tmp_path, "--format", "quick", "--baseline")
    found = in_json()

    assert (list(found["legend"]), found["ranks"]["overall"], found["outcome"], found["baseline"]["shared"]) == (
        ["scored", "open", "demonstration"],
        None,
        None,
        1,
    )


def test_json_has_every_number_of_the_score(database: Path) -> None:
    given(database, full())
    score = in_json()["current"]["score"]

    assert (score["flips"], score["effective"], score["criteria"][0]["alpha"], score["conduct"][0]["misquoted"]) == (
        1,
        1.7,
        -0.05,
        1,
    )


def debate(folder: Path, *arguments: str) -> None:
    """A scripted debate of the example."""
    model = builders.agreeable_script(folder / "script.json", quote=QUOTE)
    ran = run("debate", HYPOTHESIS, *arguments, "--proposer", model, "--critic", model, "--judge", model)
    assert ran.exit_code == 0

"""Which verdicts the store's outcomes make known."""

from pathlib import Path

import pytest

from exchange.domain.event import Resolution, ScoreEvent
from exchange.domain.score import State
from exchange.errors import BrokenDigest, InputError
from exchange.jobs.outcomes import known
from exchange.jobs.resolving import resolve
from exchange.jobs.setup import Wishes
from exchange.store import scores
from exchange.store.engine import Store
from tests import builders
from tests.bench.stores import write
from tests.jobs.holding import HYPOTHESIS, QUOTE, all_played_by, held, playing
from tests.store.rows import execute

SUPPORTED, REFUTED, RETRACTED = Resolution.SUPPORTED, Resolution.REFUTED, Resolution.RETRACTED
NAMES = [f"h-{number:012x}" for number in range(8)]


@pytest.fixture
def debated(store: Store) -> Store:
    """A store with eight debates between transcripts, no demonstrations."""
    write(store, len(NAMES))
    return store


def settle(store: Store, **resolutions: Resolution) -> None:
    for name, resolution in resolutions.items():
        resolve(store, f"h-{int(name.removeprefix('n')):012x}", resolution, "a trial")


def without_number(event: ScoreEvent) -> ScoreEvent:
    lacking = dict(state=State.INSUFFICIENT, value=None, low=None, high=None, composite=None)
    return event.model_copy(update=dict(score=event.score.model_copy(update=lacking)))


def test_what_was_supported_is_true_and_what_was_refuted_is_not(debated: Store) -> None:
    settle(debated, n2=REFUTED, n1=SUPPORTED)
    found = known(debated)

    assert (found.final.items, found.final.truth.tolist(), found.name) == ((NAMES[1], NAMES[2]), [1, 0], "fitted")


def test_blind_verdicts_and_final_ones_are_kept_apart(debated: Store) -> None:
    settle(debated, n0=SUPPORTED)
    found = known(debated)
    judges = scores.current(debated, (NAMES[0],))[NAMES[0]].score.judges

    assert (found.blind.panels(), found.final.panels()) == (
        [{judge.model: judge.prior for judge in judges}],
        [{judge.model: judge.final for judge in judges}],
    )


def test_the_latest_outcome_counts(debated: Store) -> None:
    settle(debated, n0=SUPPORTED)
    settle(debated, n0=REFUTED)

    assert known(debated).final.truth.tolist() == [0]


async def test_neither_a_baseline_nor_two_seats_of_one_model_make_verdicts_more(
    example_store: Store, tmp_path: Path
) -> None:
    model = builders.script(
        tmp_path / "script.json",
        {"place": "judge-1/prior/*", "reply": builders.judged(20, rubric="therapeutic")},
        {"place": "judge-2/prior/*", "reply": builders.judged(40, rubric="therapeutic")},
        {"place": "judge-*/baseline*", "reply": builders.judged(99, rubric="therapeutic")},
        {"place": "judge-*/proposer-first", "reply": builders.judged(60, rubric="therapeutic")},
        {"place": "judge-*/critic-first", "reply": builders.judged(90, rubric="therapeutic")},
        *builders.rebuttals(QUOTE, 3),
        {"place": "*", "reply": builders.spoken(QUOTE, 3)},
    )
    wishes = Wishes(format="panel", proposer=model, critic=model, judges=(model, model), baseline=True)
    event = await held(example_store, wishes)
    resolve(example_store, HYPOTHESIS, SUPPORTED, "a trial")
    found = known(example_store, demonstrations=True)

    assert event.score.baseline is not None
    assert (found.blind.raters, found.blind.p.tolist()) == ((model,), pytest.approx([0.3]))
    assert (found.final.raters, found.final.p.tolist()) == ((model,), pytest.approx([0.75]))


def test_what_cannot_be_learned_from_is_counted_by_its_reason(debated: Store) -> None:
    settle(debated, n0=SUPPORTED, n1=RETRACTED, n2=REFUTED, n3=REFUTED)
    stands = scores.current(debated)
    with debated.writing() as transaction:
        scores.append(transaction, without_number(stands[NAMES[2]]))
        scores.append(transaction, stands[NAMES[3]].model_copy(update={"demonstration": True}))
    found = known(debated)

    assert (found.final.items, found.left_out) == (
        (NAMES[0],),
        {"debated without a number": 1, "retracted": 1, "scored by a demonstration": 1},
    )


async def test_a_demonstration_is_left_out(example_store: Store, tmp_path: Path) -> None:
    await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))
    resolve(example_store, HYPOTHESIS, SUPPORTED, "a trial")
    resolve(example_store, "h-5d20c7f4", REFUTED, "a trial")

    with pytest.raises(InputError, match=r"\(1 not debated here, 1 scored by a demonstration\).*exchange resolve"):
        known(example_store)


async def test_a_demonstration_that_is_asked_for_makes_a_trial(example_store: Store, tmp_path: Path) -> None:
    await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))
    resolve(example_store, HYPOTHESIS, SUPPORTED, "a trial")
    found = known(example_store, demonstrations=True)

    assert (found.name, found.final.items, "trial" in found.notes[0]) == ("trial", (HYPOTHESIS,), True)


def test_without_an_outcome_it_is_said_what_to_do(debated: Store) -> None:
    with pytest.raises(InputError, match=r"No outcome is known\. `exchange resolve"):
        known(debated)


def test_agreement_is_learned_from_all_that_was_debated(debated: Store) -> None:
    settle(debated, n0=SUPPORTED)
    found = known(debated)
    values: dict[str, list[float]] = {}
    for event in scores.current(debated).values():
        for criterion in event.score.criteria:
            assert criterion.agreement is not None
            values.setdefault(criterion.name, []).append(criterion.agreement)

    assert found.agreement is not None
    assert found.disagreement is not None
    assert set(found.agreement) == set(found.disagreement) == set(values)
    for name, agreements in values.items():
        by_lot = 1 - sum(agreements) / len(agreements)
        alpha = found.agreement[name]
        assert alpha is not None
        # The same differences, against two expectations: the scale's by lot, and what all ratings show.
        assert (1 - alpha) * found.disagreement[name] == pytest.approx(by_lot * 0.25, rel=1e-6)


def test_a_verdict_that_was_changed_is_not_learned_from(debated: Store) -> None:
    settle(debated, n0=SUPPORTED)
    execute(debated, "DROP TRIGGER verdict_unchanged")
    execute(debated, "UPDATE verdict SET record = replace(record, '\"credence\":', '\"credence\": ')")

    with pytest.raises(BrokenDigest, match="its digest does not fit"):
        known(debated)

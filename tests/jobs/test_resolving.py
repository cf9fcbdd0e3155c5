"""What an outcome does to the score that stands, and to the events after it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.config import settings
from exchange.domain.event import Cause, Outcome, Resolution, ScoreEvent
from exchange.domain.score import State
from exchange.errors import InputError, NotFound
from exchange.jobs.rescoring import rescore
from exchange.jobs.resolving import resolve
from exchange.jobs.standings import rows as standings
from exchange.jobs.verify import verify
from exchange.scoring.policy import COLD
from exchange.store import policies, scores
from exchange.store.engine import Store
from tests.jobs.holding import HYPOTHESIS, all_played_by, current, held, playing, take_in
from tests.store.rows import execute, unguard

SOURCE = "PMID 12345678"
SUPPORTED, REFUTED, RETRACTED = Resolution.SUPPORTED, Resolution.REFUTED, Resolution.RETRACTED
IMPORTED = '{"id": "h-0e9a3b1c", "title": "PLIN2", "score": 0.7, "origin": "a wiki"}'


async def scored(store: Store, folder: Path, format: str = "panel", credence: int = 60, judges: int = 2) -> ScoreEvent:
    """The score of a scripted debate."""
    model = playing(store, folder / f"{format}-{credence}.json", format, credence)
    return await held(store, all_played_by(model, format, judges))


@pytest.fixture
async def debated(example_store: Store, tmp_path: Path) -> ScoreEvent:
    return await scored(example_store, tmp_path)


def marked(store: Store) -> Outcome | None:
    return next(each.outcome for each in standings(store, settings()) if each.id == HYPOTHESIS)


def whole(store: Store) -> bool:
    return verify(store).broken == ()


@pytest.mark.parametrize("resolution", [SUPPORTED, REFUTED])
async def test_the_score_that_stood_goes_on_standing(
    example_store: Store, debated: ScoreEvent, resolution: Resolution
) -> None:
    event = resolve(example_store, HYPOTHESIS, resolution, SOURCE)

    assert event == current(example_store)
    assert event == debated.model_copy(
        update=dict(
            cause=Cause.OUTCOME,
            at=event and event.at,
            change=None,
            shares=(),
            outcome=Outcome(resolution=resolution, source=SOURCE),
        )
    )


async def test_a_retracted_claim_has_no_number(example_store: Store, debated: ScoreEvent) -> None:
    resolve(example_store, HYPOTHESIS, RETRACTED, SOURCE)
    stands = current(example_store)

    assert stands is not None
    assert (stands.cause, stands.score.state, stands.score.value, stands.debate, stands.score.reason) == (
        Cause.WITHDRAWN,
        State.INSUFFICIENT,
        None,
        None,
        f"the claim was retracted: {SOURCE}",
    )


def test_what_was_never_debated_has_an_outcome_and_no_number(example_store: Store) -> None:
    resolve(example_store, HYPOTHESIS, REFUTED, SOURCE)
    stands = current(example_store)

    assert stands is not None
    assert (stands.cause, stands.score.state, stands.score.reason, marked(example_store)) == (
        Cause.OUTCOME,
        State.INSUFFICIENT,
        "no debate has been held",
        Outcome(resolution=REFUTED, source=SOURCE),
    )


async def test_a_demonstration_displaces_an_outcome_without_a_debate(example_store: Store, tmp_path: Path) -> None:
    resolve(example_store, HYPOTHESIS, REFUTED, SOURCE)
    event = await scored(example_store, tmp_path, "quick")

    assert (current(example_store), event.cause, whole(example_store)) == (event, Cause.FIRST_DEBATE, True)


def test_an_imported_score_displaces_an_outcome_without_a_debate(example_store: Store, tmp_path: Path) -> None:
    resolve(example_store, HYPOTHESIS, REFUTED, SOURCE)
    take_in(example_store, tmp_path / "scores.jsonl", IMPORTED)
    stands = current(example_store)

    assert stands is not None
    assert (stands.score.value, marked(example_store), whole(example_store)) == (
        0.7,
        Outcome(resolution=REFUTED, source=SOURCE),
        True,
    )


def test_an_imported_score_goes_on_standing(example_store: Store, tmp_path: Path) -> None:
    take_in(example_store, tmp_path / "scores.jsonl", IMPORTED)
    event = resolve(example_store, HYPOTHESIS, SUPPORTED, SOURCE)

    assert event is not None
    assert (event.score.value, event.imported, current(example_store) == event, whole(example_store)) == (
        0.7,
        True,
        True,
        True,
    )


async def test_the_same_outcome_again_appends_nothing(example_store: Store, debated: ScoreEvent) -> None:
    resolve(example_store, HYPOTHESIS, REFUTED, SOURCE)

    assert resolve(example_store, HYPOTHESIS, REFUTED, f"  {SOURCE} ") is None
    assert len(scores.events(example_store, HYPOTHESIS)) == 2


@pytest.mark.parametrize(("resolution", "source"), [(SUPPORTED, SOURCE), (REFUTED, "doi:10.1/x")])
async def test_another_outcome_or_source_takes_the_place_of_the_one_before(
    example_store: Store, debated: ScoreEvent, resolution: Resolution, source: str
) -> None:
    resolve(example_store, HYPOTHESIS, REFUTED, SOURCE)
    resolve(example_store, HYPOTHESIS, resolution, source)
    stands = current(example_store)

    assert stands is not None
    assert (stands.outcome, stands.score) == (Outcome(resolution=resolution, source=source), debated.score)


@pytest.mark.parametrize("format", ["panel", "quick"])
@pytest.mark.parametrize("withdrawals", [1, 2])
async def test_what_stood_before_a_withdrawal_stands_again_after_it(
    example_store: Store, tmp_path: Path, format: str, withdrawals: int
) -> None:
    stood = await scored(example_store, tmp_path, format)
    for number in range(withdrawals):
        resolve(example_store, HYPOTHESIS, RETRACTED, f"notice {number}")
    resolve(example_store, HYPOTHESIS, SUPPORTED, SOURCE)
    stands = current(example_store)

    assert stands is not None
    assert (stands.score, stands.debate, stands.demonstration) == (stood.score, stood.debate, stood.demonstration)
    assert whole(example_store)


async def test_a_demonstration_displaces_no_withdrawal(
    example_store: Store, debated: ScoreEvent, tmp_path: Path
) -> None:
    withdrawn = resolve(example_store, HYPOTHESIS, RETRACTED, SOURCE)
    await scored(example_store, tmp_path, "quick")

    assert current(example_store) == withdrawn
    assert whole(example_store)


async def test_a_retraction_that_a_debate_displaced_can_be_said_again(
    example_store: Store, debated: ScoreEvent
) -> None:
    resolve(example_store, HYPOTHESIS, RETRACTED, SOURCE)
    full = debated.model_copy(update=dict(demonstration=False))
    with example_store.writing() as transaction:
        scores.append(transaction, full)
    before = current(example_store)
    again = resolve(example_store, HYPOTHESIS, RETRACTED, SOURCE)

    assert (before, again is not None, current(example_store)) == (full, True, again)


async def test_a_later_debate_leaves_the_outcome_visible(
    example_store: Store, debated: ScoreEvent, tmp_path: Path
) -> None:
    resolve(example_store, HYPOTHESIS, REFUTED, SOURCE)
    later = await scored(example_store, tmp_path, credence=95, judges=3)

    assert (current(example_store), marked(example_store)) == (later, Outcome(resolution=REFUTED, source=SOURCE))
    assert whole(example_store)


async def test_rescoring_leaves_the_outcome_visible(example_store: Store, debated: ScoreEvent) -> None:
    resolve(example_store, HYPOTHESIS, REFUTED, SOURCE)
    steeper = COLD.model_copy(update=dict(name="steeper", version="1", slope=1.5))
    with example_store.writing() as transaction:
        policies.add(transaction, steeper)
    done, stands = rescore(example_store, steeper), current(example_store)

    assert stands is not None
    assert (done.rescored, stands.cause, stands.outcome, marked(example_store)) == (
        1,
        Cause.NEW_POLICY,
        None,
        Outcome(resolution=REFUTED, source=SOURCE),
    )
    assert whole(example_store)


async def test_rescoring_leaves_a_withdrawal_alone(example_store: Store, debated: ScoreEvent) -> None:
    withdrawn = resolve(example_store, HYPOTHESIS, RETRACTED, SOURCE)
    steeper = COLD.model_copy(update=dict(name="steeper", version="1", slope=1.5))
    with example_store.writing() as transaction:
        policies.add(transaction, steeper)
    done = rescore(example_store, steeper)

    assert (done.rescored, current(example_store)) == (0, withdrawn)


@pytest.mark.parametrize("resolution", [*Resolution])
async def test_a_store_with_an_outcome_is_whole(
    example_store: Store, debated: ScoreEvent, resolution: Resolution
) -> None:
    resolve(example_store, HYPOTHESIS, resolution, SOURCE)

    assert whole(example_store)


def test_a_store_with_the_outcome_of_what_was_never_debated_is_whole(example_store: Store) -> None:
    for resolution in (SUPPORTED, RETRACTED, REFUTED):
        resolve(example_store, HYPOTHESIS, resolution, SOURCE)

    assert whole(example_store)


def forged(store: Store, change: Callable[[ScoreEvent], ScoreEvent]) -> list[str]:
    """What is found after the latest event was replaced by a changed one, its columns and digest with it."""
    unguard(store)
    values = scores.values(change(scores.events(store, HYPOTHESIS)[-1]))
    columns = ", ".join(f"{name} = ?" for name in values)
    execute(
        store,
        f"UPDATE score_event SET {columns} WHERE id = (SELECT max(id) FROM score_event)",
        *[getattr(value, "value", value) for value in values.values()],
    )
    return [each.why for each in verify(store).broken]


@pytest.mark.parametrize("resolution", [SUPPORTED, RETRACTED])
async def test_an_outcome_that_was_changed_is_named(
    example_store: Store, debated: ScoreEvent, resolution: Resolution
) -> None:
    resolve(example_store, HYPOTHESIS, resolution, SOURCE)
    execute(example_store, "DROP TRIGGER score_event_unchanged")
    execute(example_store, "UPDATE score_event SET record = replace(record, 'PMID', 'PMIX') WHERE id = 2")
    broken = verify(example_store).broken

    assert [each.where.split(" of ")[0] for each in broken] == ["score event 2"]


async def test_an_outcome_that_brings_a_number_of_its_own_is_named(example_store: Store, debated: ScoreEvent) -> None:
    resolve(example_store, HYPOTHESIS, REFUTED, SOURCE)
    found = forged(
        example_store,
        lambda event: event.model_copy(update=dict(score=event.score.model_copy(update=dict(value=0.5)))),
    )

    assert found == ["its score does not follow from the events before it."]


async def test_an_outcome_that_names_another_debate_is_named(example_store: Store, debated: ScoreEvent) -> None:
    resolve(example_store, HYPOTHESIS, RETRACTED, SOURCE)
    found = forged(example_store, lambda event: event.model_copy(update=dict(debate=debated.debate)))

    assert "its debate does not follow from the events before it." in found


async def test_an_outcome_that_does_not_say_which_is_named(example_store: Store, debated: ScoreEvent) -> None:
    resolve(example_store, HYPOTHESIS, REFUTED, SOURCE)
    found = forged(example_store, lambda event: event.model_copy(update=dict(outcome=None)))

    assert found == ["its cause is 'outcome', and it does not say what became of the hypothesis."]


async def test_a_debate_that_says_an_outcome_is_named(example_store: Store, debated: ScoreEvent) -> None:
    outcome = Outcome(resolution=REFUTED, source=SOURCE)
    found = forged(example_store, lambda event: event.model_copy(update=dict(outcome=outcome)))

    assert found == ["its cause is 'first debate', and yet it says what became of the hypothesis."]


def test_an_unknown_hypothesis_is_not_found(example_store: Store) -> None:
    with pytest.raises(NotFound):
        resolve(example_store, "h-00000000", REFUTED, SOURCE)


@pytest.mark.parametrize("source", ["", "  \n", "\u200b", "\udcff"])
def test_a_source_without_words_is_refused(example_store: Store, source: str) -> None:
    with pytest.raises(InputError, match="name a PMID"):
        resolve(example_store, HYPOTHESIS, REFUTED, source)

"""What is wrong with scores elsewhere (docs/scoring.md names each), and cannot be wrong here."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from exchange.config import rubric_named, settings
from exchange.domain.debate import Check, Role
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.score import Score, State
from exchange.errors import Conflict, InputError, StoreError
from exchange.jobs.files import read_rows
from exchange.jobs.rescoring import rescore
from exchange.jobs.verify import verify
from exchange.pages.ranks import places
from exchange.pages.related import related_in
from exchange.pages.render import RENDERERS
from exchange.scoring.policy import COLD
from exchange.scoring.score import score
from exchange.store import policies, scores
from exchange.store.engine import Store
from exchange.store.pages import page
from tests import builders, events
from tests.jobs.holding import HYPOTHESIS, all_played_by, current, held, playing
from tests.store.rows import execute

EDGES = {"red": 0.0, "amber": 0.4, "green": 0.6}
WORDS = ("very high", "high", "moderate", "low", "very low") * 2


@pytest.fixture
async def debated(example_store: Store, tmp_path: Path) -> ScoreEvent:
    return await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))


def judged(credence: int = 90, quoted: bool = True) -> Score:
    """A panel of two on the therapeutic rubric, each criterion with another word, with one argument before it."""
    shape, rubric = builders.setup("panel").format, rubric_named("therapeutic")
    said = builders.verdicts_of([credence, credence], rubric=rubric)
    ratings = [
        rating.model_copy(update={"rating": word})
        for rating, word in zip(said[0].ratings, WORDS, strict=True)  # type: ignore[union-attr]
    ]
    verdicts = [each.model_copy(update={"ratings": tuple(ratings)}) for each in said]
    spoken = builders.turn(1, Role.PROPOSER)
    check = Check.VERIFIED if quoted else Check.UNKNOWN
    arguments = tuple(
        each.model_copy(
            update={"citations": tuple(cited.model_copy(update={"check": check}) for cited in each.citations)}
        )
        for each in spoken.arguments
    )
    turns = [spoken.model_copy(update={"arguments": arguments})]
    return score(verdicts, turns, shape, rubric, COLD, EDGES, demonstration=False)


def test_the_composite_is_the_weighted_mean_of_the_criteria_that_are_shown_beside_it() -> None:
    found = judged()
    weighted = sum(each.weight * each.value for each in found.criteria)
    plain = sum(each.value for each in found.criteria) / len(found.criteria)

    assert found.composite == pytest.approx(weighted, abs=1e-9)
    assert found.composite != pytest.approx(plain, abs=1e-3)


async def test_a_composite_that_drifted_from_its_criteria_is_found(example_store: Store, debated: ScoreEvent) -> None:
    composite = debated.score.composite
    execute(example_store, "DROP TRIGGER score_event_unchanged")
    execute(example_store, "UPDATE score_event SET composite = composite + 0.25")

    assert [each.why for each in verify(example_store).broken] == [
        f"its column composite says {(composite or 0) + 0.25}, its record {composite}."
    ]


async def test_a_stored_score_cannot_be_changed_without_a_trace(example_store: Store, debated: ScoreEvent) -> None:
    with pytest.raises((Conflict, StoreError, DBAPIError)):
        execute(example_store, "UPDATE score_event SET value = 0.9")


async def test_every_change_is_an_event_with_its_cause_and_how_much_it_changed(
    example_store: Store, debated: ScoreEvent
) -> None:
    steeper = COLD.model_copy(update={"name": "steeper", "version": "1", "slope": 1.5})
    with example_store.writing() as transaction:
        policies.add(transaction, steeper)
    rescore(example_store, steeper)
    now = current(example_store)

    assert now is not None
    assert now.cause is Cause.NEW_POLICY
    assert now.change == pytest.approx((now.score.value or 0) - (debated.score.value or 0))


@pytest.mark.parametrize("format", RENDERERS)
def test_a_page_shows_the_number_that_is_stored_today(example_store: Store, format: str) -> None:
    def painted() -> str:
        return RENDERERS[format](
            page(example_store, "genes-plin2"), related_in(example_store, "genes-plin2", settings()), ""
        )

    events.append(example_store, events.scored(0.31, HYPOTHESIS))
    before = painted()
    events.append(example_store, events.scored(0.77, HYPOTHESIS, cause=Cause.NEW_EVIDENCE))

    assert ("0.31" in before, "0.77" in painted()) == (True, True)


def test_without_a_quote_that_stands_in_its_source_there_is_no_number_however_high_the_ratings() -> None:
    found = judged(credence=100, quoted=False)

    assert (found.state, found.value, found.composite) == (State.INSUFFICIENT, None, None)


def test_equal_evidence_meets_equal_gates() -> None:
    assert judged() == judged()


def test_the_percentile_is_a_rank_and_not_the_score() -> None:
    found = places({"a": 0.43, "b": 0.42, "c": 0.41})

    assert [found[name].percentile for name in "abc"] == [100.0, 50.0, 0.0]


def test_a_score_of_seven_is_refused_by_type() -> None:
    with pytest.raises(ValidationError):
        events.score(7.0)


async def test_a_score_of_seven_is_refused_by_the_database(example_store: Store, debated: ScoreEvent) -> None:
    row = scores.values(debated) | {"value": 7.0}
    names = ", ".join(row)
    with pytest.raises((Conflict, StoreError)):
        execute(
            example_store,
            f"INSERT INTO score_event ({names}) VALUES ({', '.join('?' * len(row))})",
            *row.values(),
        )


def test_a_score_of_seven_is_refused_on_import() -> None:
    with pytest.raises(InputError, match="less than or equal to 1"):
        read_rows('{"title": "A claim", "score": 7.0, "origin": "a wiki"}', "rows.jsonl", csv_file=False)

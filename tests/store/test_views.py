"""The views say what Exchange says."""

import re
from typing import Any

import pytest

from exchange.domain.event import Cause
from exchange.domain.hypothesis import Hypothesis
from exchange.store import relations, scores
from exchange.store.engine import Store
from exchange.store.spending import spent
from exchange.store.views import VIEWS, View
from tests import events
from tests.jobs.holding import rows
from tests.store.rows import begun, execute
from tests.store.tables_page import PAGE, page


@pytest.mark.sqlite
def test_the_page_of_the_tables_is_that_of_the_schema(store: Store) -> None:
    assert PAGE.read_text() == page(store), "python -m tests.store.tables_page writes it anew"


@pytest.mark.parametrize("query", re.findall("SELECT ([^;]*);", PAGE.read_text()))
def test_every_query_of_the_page_can_be_asked(example_store: Store, query: str) -> None:
    assert isinstance(rows(example_store, query), list)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_has_the_columns_that_are_described(store: Store, view: View) -> None:
    with store.reading() as transaction:
        found = transaction.exec_driver_sql(f"SELECT * FROM {view.name}").keys()

    assert list(found) == list(view.columns)


@pytest.mark.parametrize(
    "scored",
    [
        (events.scored(0.5), events.scored(0.6)),
        (events.scored(0.5), events.imported(0.9)),
        (events.scored(0.5), events.scored(0.9, demonstration=True)),
        (events.scored(0.5), events.scored(0.9, within_noise=True)),
        (events.scored(0.5), events.scored(0.5, cause=Cause.WITHDRAWN)),
        (events.imported(0.4), events.scored(None)),
    ],
)
def test_the_current_scores_are_those_of_exchange(store: Store, scored: tuple[Any, ...]) -> None:
    events.append(store, *scored)
    current = scores.current(store)["h-00000001"]

    assert rows(store, "hypothesis_id, value, low, cause, demonstration FROM current_scores") == [
        ("h-00000001", current.score.value, current.score.low, current.cause, current.demonstration)
    ]


def test_the_pages_of_hypotheses_are_those_of_exchange(example_store: Store) -> None:
    found = {(each.hypothesis, page, each.relevance) for page, each in relations.related(example_store)}

    assert {*rows(example_store, "hypothesis_id, page_slug, relevance FROM hypothesis_pages")} == found != set()


def test_the_costs_of_debates_are_those_of_exchange(example_store: Store) -> None:
    lease = begun(example_store)
    execute(example_store, "UPDATE call SET worst = 0.25, input_tokens = 10")
    wanted = spent(example_store, lease.debate)

    assert rows(example_store, "debate_id, calls, cost, at_most, unpriced, input_tokens FROM debate_costs") == [
        (lease.debate, wanted.calls, wanted.cost, wanted.at_most, wanted.unpriced, wanted.input_tokens)
    ]


def test_a_call_without_a_price_is_counted_as_one(example_store: Store) -> None:
    begun(example_store)

    assert rows(example_store, "unpriced, at_most FROM debate_costs") == [(1, 0.0)]


def test_a_debate_without_a_call_costs_nothing(example_store: Store) -> None:
    begun(example_store)
    execute(example_store, "DROP TRIGGER call_kept")
    execute(example_store, "DELETE FROM call")

    assert rows(example_store, "calls, answered, unpriced, cost FROM debate_costs") == [(0, 0, 0, 0.0)]


def test_a_verdict_stands_beside_its_hypothesis(example_store: Store) -> None:
    lease = begun(example_store)
    execute(
        example_store,
        'INSERT INTO verdict (debate_id, seat, "when", "order", model, credence, call_id, record, digest)'
        " VALUES (?, 'judge-1', 'prior', 'blind', 'scripted:x', 60, 1, '{}', '')",
        lease.debate,
    )

    assert rows(example_store, "hypothesis_id, seat, sitting, credence FROM hypothesis_verdicts") == [
        ("h-0e9a3b1c", "judge-1", "prior", 60)
    ]


def test_a_hypothesis_that_was_never_scored_has_no_current_score(store: Store) -> None:
    events.save(store, Hypothesis(id="h-00000001", title="X"))

    assert rows(store, "* FROM current_scores") == []

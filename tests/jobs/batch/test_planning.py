"""What a batch would cost: computed on all, or on some of those that are alike, and said so."""

from pathlib import Path

import pytest

from exchange.config import settings
from exchange.domain.money import Price
from exchange.domain.work import Asked, Chosen
from exchange.jobs.batch import planning
from exchange.jobs.batch.choosing import Choice, choose
from exchange.jobs.batch.item import named
from exchange.jobs.batch.planning import BatchPlan, plan_batch
from exchange.jobs.plan import plan
from exchange.llm.prices import Prices
from exchange.scoring.policy import SHIPPED
from exchange.store.engine import Store
from exchange.store.policies import put_in_force
from tests.jobs.batch.places import OUT_OF_DATE
from tests.jobs.holding import HYPOTHESIS, all_played_by, held, playing

MODEL = "openai:m@https://models.example.org/v1"
PRICES = Prices(own={"openai:*": Price(input=2, output=8)})
ASKED = Asked(chosen=Chosen(undebated=True), proposer=MODEL, critic=MODEL, judges=(MODEL, MODEL))


def planned(store: Store, asked: Asked = ASKED, prices: Prices = PRICES, choice: Choice | None = None) -> BatchPlan:
    return plan_batch(store, choice or choose(store, asked, settings()), asked, settings(), prices)


def test_the_plan_of_a_batch_is_the_sum_of_its_plans(example_store: Store) -> None:
    each = [plan(example_store, name, named(ASKED), settings(), PRICES).estimate for name in (HYPOTHESIS, "h-5d20c7f4")]
    found = planned(example_store)

    assert found.calls == sum(one.calls for one in each)
    assert found.expected == pytest.approx(sum(one.expected or 0 for one in each))
    assert found.worst == pytest.approx(sum(one.worst or 0 for one in each))


def test_of_many_that_are_alike_some_are_computed(example_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_MOST", 2)
    monkeypatch.setattr(planning, "_LEAST", 2)
    choice = choose(example_store, ASKED, settings())
    choice.candidates *= 50
    found = planned(example_store, choice=choice)

    assert (found.items, found.costing, found.computed) == (100, 100, 2)


def test_a_plan_of_some_is_no_cheaper_at_the_worst_than_that_of_all(
    example_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = choose(example_store, ASKED, settings())
    choice.candidates *= 10
    everything = planned(example_store, choice=choice)
    monkeypatch.setattr(planning, "_MOST", 2)
    monkeypatch.setattr(planning, "_LEAST", 2)
    some = planned(example_store, choice=choice)

    assert (some.worst or 0) >= (everything.worst or 0)


def test_a_price_that_is_not_known_makes_the_cost_unknown(example_store: Store) -> None:
    found = planned(example_store, prices=Prices())

    assert (found.expected, found.unpriced) == (None, {MODEL})


def test_the_time_is_unknown_before_the_first_call(example_store: Store) -> None:
    assert planned(example_store).seconds is None


async def test_a_policy_alone_makes_no_call(example_store: Store, tmp_path: Path) -> None:
    await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))
    put_in_force(example_store, next(each.digest for each in SHIPPED.values() if each.title == "cold 1"))
    found = planned(example_store, OUT_OF_DATE)

    assert (dict(found.kinds), found.calls, found.costing) == ({"policy": 1}, 0, 0)


async def test_stored_turns_take_the_calls_of_judges_alone(example_store: Store, tmp_path: Path) -> None:
    await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))
    asked = Asked(chosen=Chosen(out_of_date=True), judges=(playing(example_store, tmp_path / "other.json"),))
    found = planned(example_store, asked)

    # A prior, and a final verdict in each of the orders.
    assert (dict(found.kinds), found.calls) == ({"judges": 1}, 3)
    assert found.seconds is None or found.seconds >= 0

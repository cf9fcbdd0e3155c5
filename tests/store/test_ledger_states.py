"""Whatever happens to a ledger in whatever order, it says what was spent, and never more than the cap."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import settings as sizes
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from exchange.domain.calls import Form, Question, Reply, Usage
from exchange.domain.money import Budget
from exchange.errors import AnsweredMeanwhile, Conflict, LimitReached
from exchange.store import leases
from exchange.store.leases import Lease
from exchange.store.ledger import Ledger
from exchange.store.owners import Owner, this_process
from exchange.store.writer import Writer
from tests import images
from tests.jobs.holding import rows
from tests.llm.journal import question
from tests.store.rows import opened

_Made = TypeVar("_Made")
CAP = 10.0
ENDED = Owner(host=this_process().host, process=2**22 + 1, started=0.0, token="ended")
PLACES = ("proposer/1", "critic/2", "judge-1/prior/blind", "judge-1/final/critic-first")
AMOUNTS = st.integers(0, 16).map(lambda quarters: quarters / 4)


class LedgerMachine(RuleBasedStateMachine):
    """A debate's ledger beside a plain account of the same events: call -> what it counts with."""

    under_way = Bundle("under_way")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.store = images.in_memory(images.with_examples())
        self.writer = Writer()
        self.ledger = self.leased(opened(self.store, owner=ENDED))
        self.counted: dict[int, float] = {}
        self.timely: dict[str, int] = {}
        self.late: dict[str, int] = {}
        self.open_places: set[str] = set()

    @rule(target=under_way, place=st.sampled_from(PLACES), worst=AMOUNTS)
    def ask(self, place: str, worst: float) -> Any:
        if place in self.open_places:
            return multiple()
        fits = sum(self.counted.values()) + worst <= CAP
        answered = place in self.timely or place in self.late
        try:
            call = self.run(self.ledger.open(self.question(place), Form.SCHEMA, worst))
        except LimitReached:
            assert not fits
            return multiple()
        except AnsweredMeanwhile:
            assert answered
            return multiple()
        assert fits
        assert not answered
        self.counted[call] = worst
        self.open_places.add(place)
        return (self.ledger, place, call)

    @rule(asked=consumes(under_way), share=st.none() | st.integers(0, 4))
    def answer(self, asked: tuple[Ledger, str, int], share: int | None) -> None:
        ledger, place, call = asked
        cost = None if share is None else self.counted[call] * share / 4
        reply = Reply(text=str(call), finish="stop", usage=Usage(), cost=cost)
        self.settled(ledger, place, ledger.close(call, reply))
        self.counted[call] = self.counted[call] if cost is None else cost
        kept = self.timely if ledger is self.ledger else self.late
        kept[place] = min(call, kept.get(place, call))

    @rule(asked=consumes(under_way), may_cost=st.booleans())
    def fail(self, asked: tuple[Ledger, str, int], may_cost: bool) -> None:
        ledger, place, call = asked
        self.settled(ledger, place, ledger.fail(call, "it fell over", may_cost))
        if ledger is self.ledger and not may_cost:
            self.counted[call] = 0.0

    @rule()
    def die(self) -> None:
        taken = leases.claim(self.store, self.ledger.lease.debate, ENDED, 60)
        assert isinstance(taken, Lease)
        self.ledger = self.leased(taken)
        self.open_places.clear()

    @rule(place=st.sampled_from(PLACES))
    def replay(self, place: str) -> None:
        found = self.run(self.ledger.replay(self.question(place)))
        assert (found and found.call) == self.timely.get(place, self.late.get(place))

    @invariant()
    def the_ledger_says_what_was_spent(self) -> None:
        (said,) = rows(self.store, "coalesce(sum(coalesce(cost, worst)), 0) FROM call")[0]
        assert said == sum(self.counted.values()) <= CAP

    @invariant()
    def every_place_has_one_open_attempt_at_most(self) -> None:
        (open_calls,) = rows(self.store, "count(*), count(DISTINCT place) FROM call WHERE state = 'open'")
        assert open_calls == (len(self.open_places), len(self.open_places))

    def teardown(self) -> None:
        self.writer.__exit__(None, None, None)
        self.store.close()
        self.loop.close()

    def leased(self, lease: Lease) -> Ledger:
        return Ledger(store=self.store, writer=self.writer, lease=lease, run="r-1", budget=Budget(run=CAP))

    def question(self, place: str) -> Question:
        return question(place=place).model_copy(update={"debate": self.ledger.lease.debate})

    def settled(self, ledger: Ledger, place: str, word: Coroutine[Any, Any, None]) -> None:
        """The outcome is written; of an owner that lost the debate, with a Conflict."""
        if ledger is self.ledger:
            self.run(word)
            self.open_places.discard(place)
            return
        try:
            self.run(word)
        except Conflict:
            return
        raise AssertionError("an owner that lost the debate was not told so")

    def run(self, word: Coroutine[Any, Any, _Made]) -> _Made:
        return self.loop.run_until_complete(word)


TestLedger = LedgerMachine.TestCase
TestLedger.settings = sizes(max_examples=20, stateful_step_count=25, deadline=None)

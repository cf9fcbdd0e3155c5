"""A line on each hypothesis."""

from exchange.config import settings
from exchange.domain.event import Cause
from exchange.domain.policy import COLD
from exchange.domain.setup import Setup
from exchange.jobs.orders import Choice, Sort
from exchange.jobs.setup import settle
from exchange.jobs.standings import Row, rows
from exchange.scoring.basis import basis
from exchange.store import debates, hypotheses
from exchange.store.engine import Store
from exchange.store.owners import this_process
from exchange.store.policies import put_in_force
from tests import builders, events
from tests.jobs.holding import HYPOTHESIS, all_played_by
from tests.store.rows import execute


def row(store: Store, exact: bool = False) -> Row:
    return next(each for each in rows(store, settings(), Choice(exact=exact)) if each.id == HYPOTHESIS)


def test_every_hypothesis_has_a_line_by_its_title(example_store: Store) -> None:
    titles = [each.title for each in rows(example_store, settings(), Choice(sort=Sort.NAME))]

    assert (len(titles), titles) == (2, sorted(titles))


def test_a_line_has_what_a_list_may_be_ordered_by(example_store: Store) -> None:
    events.append(example_store, events.scored(0.5, HYPOTHESIS, composite=0.6, shift=-0.1, spread=1.2))
    found = row(example_store)

    assert (found.value, found.composite, found.shift, found.spread) == (0.5, 0.6, -0.1, 1.2)


def test_a_hypothesis_without_a_score_has_none_of_that(example_store: Store) -> None:
    found = row(example_store)

    assert (found.composite, found.shift, found.spread, found.ranks.overall) == (None, None, None, None)


def test_a_line_has_the_hypothesis_s_rank(example_store: Store) -> None:
    events.append(example_store, events.scored(0.5, HYPOTHESIS), events.scored(0.6, "h-5d20c7f4"))
    found = row(example_store).ranks

    assert (found.overall and found.overall.rank, found.by_target["PLIN2"].of) == (2, 2)


def test_a_line_says_which_debate_is_unfinished(example_store: Store) -> None:
    lease = debates.begin(example_store, HYPOTHESIS, builders.setup(), this_process(), 60)

    assert row(example_store).unfinished == lease.debate


def test_a_withdrawn_hypothesis_says_so(example_store: Store) -> None:
    before = row(example_store).withdrawn
    events.append(example_store, events.scored(0.5, HYPOTHESIS, cause=Cause.WITHDRAWN))

    assert (before, row(example_store).withdrawn) == (False, True)


def test_what_is_out_of_date_is_told_from_the_hypothesis_and_the_policy(example_store: Store) -> None:
    scored(example_store)
    before = row(example_store).out_of_date
    put_in_force(example_store, "1" * 64)
    execute(example_store, "DELETE FROM target")

    assert (before, row(example_store).out_of_date) == ((), ("policy",))


def test_exactly_told_it_is_told_from_the_passages_too(example_store: Store) -> None:
    scored(example_store)
    before = row(example_store, exact=True).out_of_date
    execute(example_store, "DELETE FROM target")

    assert (before, row(example_store, exact=True).out_of_date) == ((), ("evidence",))


def scored(store: Store) -> None:
    """Appends a score of a debate that is stored."""
    about = hypotheses.hypothesis(store, HYPOTHESIS)
    setup: Setup = settle(store, about, all_played_by("scripted:x"), settings())
    debate = debates.begin(store, HYPOTHESIS, setup, this_process(), 60).debate
    events.append(store, events.scored(0.5, HYPOTHESIS, debate=debate, basis=basis(setup, COLD)))

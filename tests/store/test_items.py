"""The items of a batch: each is taken by one process, and one whose process died is taken again."""

import time
from collections.abc import Sequence

import pytest

from exchange.domain.work import Asked, BatchState, Became, Chosen, Item, ItemState, Kind
from exchange.errors import Conflict, NotFound
from exchange.store import batches, items
from exchange.store.engine import Store
from exchange.store.owners import Owner, this_process
from tests.jobs.holding import rows
from tests.store.rows import begun, execute

NAMES = ("h-0e9a3b1c", "h-5d20c7f4")
ASKED = Asked(chosen=Chosen(out_of_date=True))
ENDED = Owner(host=this_process().host, process=2**22 + 1, started=0.0, token="ended")
ELSEWHERE = Owner(host="another.example.org", process=1, started=0.0, token="elsewhere")
WRONG = Became(error="TransientError", reason="the server is away", again=True)


def filled(store: Store, names: Sequence[str] = NAMES, asked: Asked = ASKED) -> str:
    """An open batch of whole debates."""
    name, _ = batches.begin(store, asked, None, this_process())
    chosen = [Item(batch=name, ordinal=place, hypothesis=each, kind=Kind.DEBATE) for place, each in enumerate(names, 1)]
    batches.fill(store, name, chosen)
    batches.opened(store, name)
    return name


def taken(store: Store, batch: str, owner: Owner | None = None, seconds: float = 60, busy: bool = False) -> Item:
    item = items.claim(store, batch, owner or this_process(), seconds, busy)
    assert item
    return item


def died(store: Store, batch: str, times: int) -> None:
    """So many processes end, each with the next item."""
    for _ in range(times):
        taken(store, batch, ENDED)
        items.free(store, batch)


def test_items_are_taken_by_worth_and_each_once(example_store: Store) -> None:
    batch = filled(example_store)
    got = [items.claim(example_store, batch, this_process(), 60, busy=True) for _ in range(3)]

    assert [each and each.hypothesis for each in got] == [*NAMES, None]


def test_a_named_item_is_taken_before_those_that_are_worth_more(example_store: Store) -> None:
    batch = filled(example_store)
    item = items.claim(example_store, batch, this_process(), 60, busy=True, ordinal=2)

    assert item
    assert item.hypothesis == NAMES[1]


def test_nothing_is_taken_from_a_batch_that_is_still_filled(example_store: Store) -> None:
    name, _ = batches.begin(example_store, ASKED, None, this_process())
    batches.fill(example_store, name, [Item(batch=name, ordinal=1, hypothesis=NAMES[0], kind=Kind.DEBATE)])

    assert items.claim(example_store, name, this_process(), 60, busy=False) is None


def test_nothing_is_taken_from_a_cancelled_batch(example_store: Store) -> None:
    batch = filled(example_store)
    batches.cancel(example_store, batch)

    assert items.claim(example_store, batch, this_process(), 60, busy=False) is None


def test_what_a_living_process_has_is_left_to_it(example_store: Store) -> None:
    batch = filled(example_store)
    taken(example_store, batch)

    assert items.free(example_store, batch) == items.Freed()


def test_what_a_dead_process_had_is_free_at_once(example_store: Store) -> None:
    batch = filled(example_store)
    taken(example_store, batch, ENDED)

    assert items.free(example_store, batch) == items.Freed(waiting=1)


def test_what_a_process_elsewhere_had_is_free_when_its_lease_is_over(example_store: Store) -> None:
    batch = filled(example_store)
    taken(example_store, batch, ELSEWHERE, seconds=0.05)
    before = items.free(example_store, batch)
    time.sleep(0.06)

    assert (before.waiting, items.free(example_store, batch).waiting) == (0, 1)


def test_a_lease_that_is_renewed_runs_on(example_store: Store) -> None:
    batch = filled(example_store)
    taken(example_store, batch, ELSEWHERE, seconds=0.05)
    items.renew(example_store, batch, ELSEWHERE, 60)
    time.sleep(0.06)

    assert items.free(example_store, batch).waiting == 0


def test_who_lost_an_item_writes_nothing_more_to_it(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    lost = taken(example_store, batch, ENDED)
    items.free(example_store, batch)

    assert (items.settle(example_store, lost, Became()), batches.counts(example_store, batch)[ItemState.WAITING]) == (
        None,
        1,
    )


def test_what_was_tried_stands_behind_what_was_not(example_store: Store) -> None:
    batch = filled(example_store)
    items.settle(example_store, taken(example_store, batch), WRONG)

    assert taken(example_store, batch).hypothesis == NAMES[1]


def test_an_item_that_fails_is_tried_three_times_and_quarantined(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    states = [items.settle(example_store, taken(example_store, batch), WRONG) for _ in range(3)]

    assert states == [ItemState.WAITING, ItemState.WAITING, ItemState.QUARANTINED]


def test_what_no_try_mends_has_failed_at_once_with_its_class(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    became = Became(error="InputError", reason="it has no passages", again=False)
    items.settle(example_store, taken(example_store, batch), became)

    assert rows(example_store, "state, tries, error, reason FROM batch_item") == [
        ("failed", 1, "InputError", "it has no passages")
    ]


def test_an_item_that_was_put_back_was_not_tried(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    items.put_back(example_store, taken(example_store, batch))

    assert taken(example_store, batch).tries == 1


def test_an_item_whose_process_ended_twice_is_taken_alone(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    died(example_store, batch, 2)

    assert items.claim(example_store, batch, this_process(), 60, busy=True) is None
    assert taken(example_store, batch).alone


def test_an_item_that_ends_its_process_three_times_is_quarantined(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    died(example_store, batch, 3)

    assert rows(example_store, "state, tries, deaths, error FROM batch_item") == [("quarantined", 3, 3, "WorkerEnded")]


def test_an_item_that_got_further_before_its_process_was_killed_is_not_quarantined(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    died(example_store, batch, 2)
    taken(example_store, batch, ENDED)
    begun(example_store)
    execute(example_store, "UPDATE call SET state = 'answered', reply = '{}', reply_digest = '', closed_at = '9999'")
    items.free(example_store, batch)

    assert rows(example_store, "state, tries, alone FROM batch_item") == [("waiting", 3, 1)]


def test_an_item_that_got_further_in_the_try_before_is_not_quarantined(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    died(example_store, batch, 2)
    begun(example_store)
    execute(example_store, "UPDATE call SET state = 'answered', reply = '{}', reply_digest = '', closed_at = '1999'")
    execute(example_store, "UPDATE debate SET epoch = epoch + 1")
    died(example_store, batch, 1)
    execute(example_store, "UPDATE debate SET epoch = epoch + 1")
    stood = rows(example_store, "state, tries FROM batch_item")
    died(example_store, batch, 1)

    assert (stood, rows(example_store, "state, tries FROM batch_item")) == ([("waiting", 3)], [("quarantined", 4)])


def test_for_an_item_that_failed_by_itself_it_is_no_try_that_another_ended_its_process(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    items.settle(example_store, taken(example_store, batch), WRONG)
    items.settle(example_store, taken(example_store, batch), WRONG)
    died(example_store, batch, 2)

    assert rows(example_store, "tries, deaths, error FROM batch_item") == [(2, 2, "TransientError")]
    assert taken(example_store, batch).alone


def test_an_item_that_failed_by_itself_before_is_quarantined_for_ending_its_process_alone(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    items.settle(example_store, taken(example_store, batch), WRONG)
    died(example_store, batch, 4)

    assert rows(example_store, "state, tries, deaths, error FROM batch_item") == [("quarantined", 3, 4, "WorkerEnded")]


def test_a_batch_is_done_when_nothing_is_left(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    item = taken(example_store, batch)
    before = batches.close(example_store, batch)
    items.settle(example_store, item, Became())

    assert (before, batches.close(example_store, batch)) == (False, True)
    assert batches.batch(example_store, batch).state is BatchState.DONE


def test_the_same_that_is_under_way_is_gone_on_with(example_store: Store) -> None:
    batch = filled(example_store)

    assert batches.begin(example_store, ASKED, None, this_process()) == (batch, False)


def test_the_same_that_another_process_is_choosing_is_not_begun_twice(example_store: Store) -> None:
    batches.begin(example_store, ASKED, None, this_process())

    with pytest.raises(Conflict, match="just choosing what belongs to the same batch"):
        batches.begin(example_store, ASKED, None, this_process())


def test_what_a_dead_process_was_choosing_is_chosen_anew(example_store: Store) -> None:
    first, _ = batches.begin(example_store, ASKED, None, ENDED)
    second, new = batches.begin(example_store, ASKED, None, this_process())

    assert (new, batches.batch(example_store, first).state, first == second) == (True, BatchState.CANCELLED, False)


def test_something_else_is_another_batch(example_store: Store) -> None:
    batch = filled(example_store)
    other, new = batches.begin(example_store, Asked(chosen=Chosen(straddlers=True)), None, this_process())

    assert (new, other == batch) == (True, False)


def test_what_failed_is_tried_again_from_the_beginning(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    for _ in range(3):
        items.settle(example_store, taken(example_store, batch), WRONG)
    batches.close(example_store, batch)

    assert (batches.retry(example_store, batch), taken(example_store, batch).tries) == (1, 1)


def test_a_batch_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(NotFound, match="There is no batch b-1"):
        batches.batch(store, "b-1")


def test_why_an_item_failed_is_kept_without_nul(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    items.settle(example_store, taken(example_store, batch), Became(error="RequestRefused", reason="no\0 such model"))

    assert [each.reason for each in batches.items(example_store, batch)] == ["no such model"]


def test_nothing_of_a_cancelled_batch_is_tried_again(example_store: Store) -> None:
    batch = filled(example_store)
    items.settle(example_store, taken(example_store, batch), Became(error="RequestRefused", reason="no"))
    batches.cancel(example_store, batch)

    with pytest.raises(Conflict, match=f"The batch {batch} is cancelled: nothing of it is tried again"):
        batches.retry(example_store, batch)
    assert batches.batch(example_store, batch).state is BatchState.CANCELLED


def test_the_batch_that_is_in_the_way_of_another_try_is_named(example_store: Store) -> None:
    batch = filled(example_store, NAMES[:1])
    items.settle(example_store, taken(example_store, batch), Became(error="RequestRefused", reason="no"))
    batches.close(example_store, batch)
    other = filled(example_store, NAMES[:1])

    with pytest.raises(Conflict, match=f"The same is under way as {other}"):
        batches.retry(example_store, batch)

"""`exchange batch`."""

import asyncio
import json as codec
import sys
from typing import Any

from exchange.cli.exits import PARTLY
from exchange.cli.halting import until_halted
from exchange.cli.watching import Watch
from exchange.cli.words import tame
from exchange.config import Settings, settings
from exchange.domain.batches import ProviderBatch
from exchange.domain.calls import Via
from exchange.domain.counted import counted
from exchange.domain.work import BatchState, ItemState
from exchange.errors import Conflict, ExchangeError, InputError
from exchange.jobs.batch.running import watching, work
from exchange.jobs.provider_batches import cancel as recall
from exchange.jobs.queue import Queue
from exchange.jobs.run import running
from exchange.store import batches, workers
from exchange.store.batches import Batch, Settled
from exchange.store.engine import Store, open_store
from exchange.store.provider_batches import cancelled, unsettled

_ENDED = (ItemState.DONE, ItemState.FAILED, ItemState.QUARANTINED)
_WRONG = (ItemState.FAILED, ItemState.QUARANTINED)


def run_list(db: str | None, json: bool) -> None:
    """Prints all batches, the latest first."""
    store = open_store(settings(db=db).database)
    try:
        found = [_standing(store, each) for each in batches.every(store)]
    finally:
        store.close()
    if json:
        print(codec.dumps(found, ensure_ascii=False, indent=2))
        return
    for each in found:
        print(f"{each['id']}  {str(each['begun_at'])[:16]}  {each['state']}: {_counted(each)}")
    if not found:
        print("There is no batch. `exchange rescore` begins one.")


def run_show(name: str, errors: bool, db: str | None, json: bool) -> None:
    """Prints a batch and its items; with `errors`, those that went wrong alone."""
    store = open_store(settings(db=db).database)
    try:
        batch = batches.batch(store, name)
        standing = _standing(store, batch)
        shown = (_values(each) for each in batches.items(store, name, *(_WRONG if errors else ())))
        if json:
            print(codec.dumps(standing | {"items": list(shown)}, ensure_ascii=False, indent=2))
            return
        print(f"{batch.id}  {batch.state}, begun {batch.begun_at[:16]}: {_counted(standing)}")
        print(f"asked for: {codec.dumps(_named(standing['asked']), ensure_ascii=False)}")
        for each in shown:
            error = f": {each['error']}: {each['reason']}" if each["error"] else ""
            print(
                tame(
                    f"{each['hypothesis']}  {each['kind']}  {each['state']}, {counted(each['tries'], 'try', 'tries')}{error}"
                )
            )
    finally:
        store.close()


def run_cancel(name: str, paid: bool | None, db: str | None) -> None:
    """Lets no further item of the batch be taken, and ends what its provider was sent; as often as that takes."""
    chosen = settings(db=db, paid_calls=paid)
    store = open_store(chosen.database)
    try:
        if sent := _cancelled(store, name):
            asyncio.run(_recalled(store, chosen, name, sent))
    except ExchangeError:
        if unsettled(store, name):
            again = f"exchange batch cancel {name}"
            print(f"What the provider of {name} was sent may go on there, and cost. Again: {again}", file=sys.stderr)
        raise
    finally:
        store.close()
    print(f"Nothing more of the batch {name} is begun. {_left(len(sent))}; what was done stays.")


def _cancelled(store: Store, name: str) -> list[ProviderBatch]:
    """What the provider still has of the batch, once no further item is taken. Raises NotFound, Conflict."""
    over = batches.batch(store, name).state in (BatchState.CANCELLED, BatchState.DONE)
    if not (over and unsettled(store, name)):
        batches.cancel(store, name)
    sent = unsettled(store, name)
    # Before anything may fail: whoever sees to it next, here or elsewhere, ends it too.
    cancelled(store, *(each.id for each in sent))
    return sent


def _left(sent: int) -> str:
    """What becomes of what was under way."""
    if not sent:
        return "What is being worked on is done"
    files = "one provider batch was" if sent == 1 else f"{sent:,} provider batches were"
    return f"Of it {files} ended: what the provider had answered by then is paid for and kept, the rest is not asked"


async def _recalled(store: Store, chosen: Settings, name: str, sent: list[ProviderBatch]) -> None:
    """Ends what the provider is still working on: what it has done by then is charged, and kept."""
    async with running(store, chosen, run=name, via=Via.BATCH) as run:
        await recall(run, sent)


def run_resume(
    name: str | None, paid: bool | None, max_cost: float | None, db: str | None, json: bool, left: bool = False
) -> None:
    """Goes on with a batch, or with the latest that is open; where it is `left` to the workers, leaves it to them."""
    chosen = settings(db=db, paid_calls=paid)
    store = open_store(chosen.database)
    try:
        batch = batches.batch(store, name or _latest(store))
        _refuse_new_cap(store, batch, max_cost)
        (hand_over if left else go_on)(store, batch, chosen, max_cost, json)
    finally:
        store.close()


def run_retry(
    name: str, paid: bool | None, max_cost: float | None, db: str | None, json: bool, left: bool = False
) -> None:
    """Has what failed tried again, and goes on with the batch; where it is `left` to the workers, leaves it to them."""
    chosen = settings(db=db, paid_calls=paid)
    store = open_store(chosen.database)
    try:
        _refuse_new_cap(store, batches.batch(store, name), max_cost)
        if batches.retry(store, name):
            (hand_over if left else go_on)(store, batches.batch(store, name), chosen, max_cost, json)
        else:
            print(f"Nothing of {name} has failed.", file=sys.stderr)
    finally:
        store.close()


def go_on(store: Store, batch: Batch, chosen: Settings, max_cost: float | None, json: bool) -> None:
    """Works on the batch to its end, and prints what it came to; exits with 3 where some of it failed."""
    if batch.state is not BatchState.OPEN:
        raise Conflict(f"The batch {batch.id} is {batch.state}: there is nothing to go on with.")
    if max_cost is not None:
        batches.recap(store, batch.id, max_cost)
    cap = batch.cap if max_cost is None else max_cost
    counts = batches.counts(store, batch.id)
    ended, spent = sum(counts[state] for state in _ENDED), batches.spent(store, batch.id)
    with Watch(batch.id, sum(counts.values()), ended, spent, cap, json) as watch:

        async def worked(halt: asyncio.Event) -> None:
            via, said = batch.asked.via, lambda _, line: watch.say(line)
            async with running(store, chosen, cap, halt, run=batch.id, via=via, on_batch=said) as run:
                await work(run, batch, watch.told, watching(watch.answered))

        try:
            until_halted(worked, watch)
        except ExchangeError:
            watch.say(f"Everything so far is stored. To go on: exchange batch resume {batch.id}")
            raise
        finally:
            standing = _standing(store, batches.batch(store, batch.id))
            print(codec.dumps({"batch": standing}, ensure_ascii=False) if json else f"{batch.id}: {_counted(standing)}")
    if any(standing["items"][state] for state in ("failed", "quarantined", "waiting", "taken")):
        if not json:
            print(f"Why: exchange batch show {batch.id} --errors. Again: exchange batch retry {batch.id} --errors")
        sys.exit(PARTLY)


def hand_over(store: Store, batch: Batch, chosen: Settings, max_cost: float | None, json: bool) -> None:
    """Leaves what is to be done of the batch to the workers of its database, and prints how much that is."""
    if batch.state is not BatchState.OPEN:
        raise Conflict(f"The batch {batch.id} is {batch.state}: there is nothing to hand over.")
    if batch.asked.via is Via.BATCH:
        raise InputError(
            f"The judges of {batch.id} are asked via provider batches, which one process sees to their ends: "
            f"exchange batch resume {batch.id}, without --workers."
        )
    if max_cost is not None:
        batches.recap(store, batch.id, max_cost)
    queue = Queue(store)
    try:
        number = queue.hand_over(batch.id, batches.left(store, batch.id))
    finally:
        queue.close()
    alive = len(workers.alive(store, chosen.limits.heartbeat_seconds))
    if json:
        print(codec.dumps({"batch": batch.id, "handed_over": number, "workers": alive}))
        return
    print(
        f"{batch.id}: {counted(number, 'hypothesis is', 'hypotheses are')} left to the workers, of which {alive} are there."
    )
    print(f"How far they are: exchange batch show {batch.id}. Who they are: exchange worker list")


def _refuse_new_cap(store: Store, batch: Batch, max_cost: float | None) -> None:
    """Raises Conflict where another process works on the batch: it would go on under the cap that it began with."""
    if max_cost is not None and batches.worked_on(store, batch.id):
        cap = "no cap" if batch.cap is None else f"the cap of ${batch.cap:g}"
        raise Conflict(
            f"Another process works on {batch.id}, under {cap}. Stop it first, or leave out --max-cost to work beside it."
        )


def _latest(store: Store) -> str:
    found = [each.id for each in batches.every(store) if each.state is BatchState.OPEN]
    if not found:
        raise InputError("No batch is open. `exchange batch list` names all, `exchange rescore` begins one.")
    return found[0]


def _standing(store: Store, batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "state": batch.state.value,
        "begun_at": batch.begun_at,
        "ended_at": batch.ended_at,
        "cap": batch.cap,
        "spent": batches.spent(store, batch.id),
        "kinds": dict(batches.kinds(store, batch.id)),
        "items": {state.value: number for state, number in batches.counts(store, batch.id).items()},
        "asked": batch.asked.model_dump(mode="json"),
    }


def _counted(standing: dict[str, Any]) -> str:
    said = [f"{number:,} {state}" for state, number in standing["items"].items() if number]
    cap = f" of ${standing['cap']:g}" if standing["cap"] is not None else ""
    return f"{', '.join(said) or 'no items'}; ${standing['spent']:.4f}{cap}"


def _named(asked: object) -> object:
    """What of a wish says something."""
    if not isinstance(asked, dict):
        return asked
    return {name: _named(value) for name, value in asked.items() if value not in (None, False, [], ())}


def _values(each: Settled) -> dict[str, Any]:
    item = each.item
    return dict(
        hypothesis=item.hypothesis,
        kind=item.kind.value,
        why=item.why,
        state=each.state.value,
        tries=item.tries,
        debate=each.debate,
        error=each.error,
        reason=each.reason,
        cost=each.cost,
    )

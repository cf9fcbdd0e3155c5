"""`exchange resume`."""

import asyncio
import json as codec
import sys

from exchange.cli.debate import outcome
from exchange.cli.exits import PARTLY, exit_code
from exchange.cli.halting import until_halted
from exchange.cli.plans import print_plan
from exchange.cli.progress import Progress
from exchange.cli.words import resume_command, tame
from exchange.config import Settings, prices, settings
from exchange.errors import ExchangeError
from exchange.jobs.plan import plan
from exchange.jobs.resume import Resumed, Unfinished, resume, unfinished
from exchange.jobs.run import running
from exchange.jobs.setup import Wishes
from exchange.llm.prices import Prices
from exchange.store.engine import Store, open_store


def run(name: str | None, paid: bool | None, max_cost: float | None, dry: bool, db: str | None, json: bool) -> None:
    """Goes on with one unfinished debate or with all; exits with 3 where some could not be finished."""
    chosen = settings(db=db, paid_calls=paid)
    store = open_store(chosen.database)
    try:
        found = unfinished(store, name)
        if not found and not json:
            print("No debate is unfinished.")
            return
        if dry:
            table = Prices(own=prices())
            print_plan(
                [(each.hypothesis, plan(store, each.hypothesis, Wishes(), chosen, table)) for each in found], json
            )
            return
        ended: list[Resumed] = []
        try:
            _watched(store, found, chosen, max_cost, name, db, ended)
        finally:
            # What was finished before something stopped the rest is told too.
            _print(store, ended, chosen, json)
    finally:
        store.close()
    _exit(ended)


def _watched(
    store: Store,
    found: list[Unfinished],
    chosen: Settings,
    max_cost: float | None,
    name: str | None,
    db: str | None,
    ended: list[Resumed],
) -> None:
    with Progress(resume_command(name, db)) as progress:

        async def work(halt: asyncio.Event) -> None:
            async with running(store, chosen, max_cost, halt) as run:
                await resume(run, found, progress.observer, ended.append, patient=name is None)

        try:
            until_halted(work, progress)
        except ExchangeError as error:
            progress.say(f"{len(ended)} of {len(found)} unfinished debates were gone through.")
            progress.say_how_to_go_on(error)
            raise


def _print(store: Store, ended: list[Resumed], chosen: Settings, json: bool) -> None:
    if json:
        print(codec.dumps([_values(each) for each in ended], ensure_ascii=False, indent=2))
        return
    for each in ended:
        print(
            outcome(store, each.event, chosen, json=False) if each.event else tame(f"{each.hypothesis}: {_why(each)}")
        )


def _why(each: Resumed) -> str:
    return f"left: {each.left}" if each.left else f"not finished: {each.error}"


def _values(each: Resumed) -> dict[str, object]:
    return {
        "hypothesis": each.hypothesis,
        "event": each.event.model_dump(mode="json") if each.event else None,
        "error": str(each.error) if each.error else None,
        "left": each.left,
    }


def _exit(ended: list[Resumed]) -> None:
    """One debate has its own exit code; of several, some may be finished and others not."""
    errors = [each.error for each in ended if each.error]
    if len(ended) == 1 and errors:
        sys.exit(exit_code(errors[0]))
    if not all(each.event for each in ended):
        sys.exit(PARTLY)

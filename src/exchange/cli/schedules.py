"""`exchange rescore --every` and `exchange worker schedules`."""

import json as codec
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import typer

from exchange.cli.rescore import Flags
from exchange.config import settings
from exchange.domain.calls import Via
from exchange.domain.work import Asked
from exchange.jobs.queue import Queue, Schedule
from exchange.store.engine import open_store

_INTERVAL = re.compile(r"([1-9][0-9]?)([mh])")
_HOURS, _MINUTES = 24, 60


def run_every(every: str, asked: Asked, flags: Flags, db: str | None) -> None:
    """Has workers begin what is asked for again and again; the same wishes have one schedule, and the last one holds."""
    if flags.ids or flags.views or flags.dry_run:
        raise typer.BadParameter(
            "with --every, what is chosen cannot depend on files: leave out --ids, --views, --dry-run"
        )
    if asked.via is Via.BATCH:
        raise typer.BadParameter(
            "workers ask judges one by one: leave out --via batch, or use scripts/rescore in a crontab"
        )
    if not flags.yes:
        raise typer.BadParameter("a schedule asks nobody before it makes calls that may cost money: say --yes")
    schedule = Schedule(
        name=f"rescore-{asked.digest[:8]}",
        cron=cron(every, datetime.now(UTC)),
        wishes=dict(asked=asked.to_json(), max_cost=flags.max_cost),
    )
    with _queue(db) as queue:
        queue.plan(schedule)
    print(
        f"{schedule.name}: workers begin it at {schedule.cron!r} (UTC). To end it: exchange worker schedules --remove {schedule.name}"
    )


def run_schedules(remove: str | None, db: str | None, json: bool) -> None:
    """Prints all schedules, or ends one."""
    with _queue(db) as queue:
        if remove:
            queue.unplan(remove)
        found = queue.schedules()
    if json:
        print(codec.dumps([vars(each) for each in found], indent=2))
        return
    for each in found:
        print(f"{each.name}  {each.cron}  {codec.dumps(each.wishes)}")
    if not found:
        print("Nothing is scheduled. `exchange rescore --every 24h --yes` schedules something.")


@contextmanager
def _queue(db: str | None) -> Iterator[Queue]:
    store = open_store(settings(db=db).database)
    try:
        queue = Queue(store)
        try:
            yield queue
        finally:
            queue.close()
    finally:
        store.close()


def cron(every: str, at: datetime) -> str:
    """The cron expression of an interval that divides a day or an hour, counted from `at`; else what was given."""
    found = _INTERVAL.fullmatch(every)
    if found is None:
        return every
    number, of = int(found[1]), _HOURS if found[2] == "h" else _MINUTES
    if of % number:
        raise typer.BadParameter(
            f"{every} does not divide {'a day' if of == _HOURS else 'an hour'}: name a cron expression"
        )
    if of == _MINUTES:
        return "0 * * * *" if number == _MINUTES else f"*/{number} * * * *"
    return f"{at.minute} {at.hour} * * *" if number == _HOURS else f"{at.minute} */{number} * * *"

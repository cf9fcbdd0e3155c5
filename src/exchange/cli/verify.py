"""`exchange verify`."""

import json as codec
from collections.abc import Iterator
from dataclasses import asdict

import typer

from exchange.cli.words import tame
from exchange.config import settings
from exchange.domain.counted import counted
from exchange.domain.identity import hypothesis_id
from exchange.errors import BrokenDigest
from exchange.jobs.verify import Verified, verify
from exchange.store.engine import open_store


def run(name: str | None, every: bool, db: str | None, json: bool) -> None:
    """Prints what was looked at and a line for each thing that is broken; raises BrokenDigest if there is one."""
    if (name is None) is not every:
        raise typer.BadParameter("name a hypothesis or a debate, or say --all")
    wanted = None if name is None or name.startswith("d-") else hypothesis_id(name)
    store = open_store(settings(db=db).database)
    try:
        found = verify(store, wanted or name)
    finally:
        store.close()
    print(codec.dumps(asdict(found), ensure_ascii=False, indent=2) if json else "\n".join(_lines(found)))
    if found.broken:
        raise BrokenDigest(
            f"{len(found.broken)} of the things that are stored are not as they were stored. A copy of the database from "
            "before may have them."
        )


def _lines(found: Verified) -> Iterator[str]:
    yield f"{counted(found.debates, 'debate')}, {counted(found.calls, 'call')}, {counted(found.scores, 'score event')}: {len(found.broken)} broken"
    for each in found.broken:
        yield tame(f"{each.where}: {each.why}")

"""The commands under `exchange db`, and what they print."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from exchange.cli.words import tame
from exchange.config import settings
from exchange.domain.address import where
from exchange.errors import StoreError
from exchange.jobs import databases


def run_migrate(db: str | None, as_json: bool) -> None:
    """Upgrades and says from which schema to which."""
    address = settings(db=db).database
    done = databases.migrate(address)
    if as_json:
        print(json.dumps(asdict(done)))
    elif done.before == done.after:
        print(tame(f"{address} has schema {done.after} already."))
    else:
        print(tame(f"{address} has schema {done.after} now; it was {done.before or 'empty'}."))


def run_backup(to: Path, db: str | None) -> None:
    """Writes the backup and says what it is."""
    print(tame(f"{to}: {databases.back_up(settings(db=db).database, to)}."))


def run_check(db: str | None, as_json: bool) -> None:
    """Says what was looked at and what is wrong. Raises StoreError where anything is."""
    address = settings(db=db).database
    found = databases.check(address)
    if as_json:
        print(json.dumps({"checked": found.looked, "broken": [list(each) for each in found.broken]}))
    else:
        for each in found.looked:
            print(tame(f"checked {each}"))
    if found.broken:
        for place, why in found.broken:
            print(tame(f"{place}: {why}"), file=sys.stderr)
        raise StoreError(f"{len(found.broken)} things are wrong with {address}; a backup has it as it was.")


def run_copy(source: str, target: str, as_json: bool) -> None:
    """Copies, tells how far it is, and says what there is now."""
    to = settings(db=target).database
    copied = databases.copy(where(source), to, _tell)
    if as_json:
        print(json.dumps(copied.rows))
        return
    for name, rows in copied.rows.items():
        print(f"{name}\t{rows}")
    print(tame(f"{to} is complete: {sum(copied.rows.values())} rows, the same as in the original."))


def _tell(name: str, rows: int) -> None:
    if sys.stderr.isatty():
        print(f"{name}: {rows} more", file=sys.stderr)

"""Upgrades the database that is named, in children that are killed at one statement after another; prints what each left.

`python -m tests.store.killing ADDRESS HOW` kills at every so many statements, as soon as each `revision` has been noted, or
before and after the `commit`.
"""

import hashlib
import json
import os
import sys

from sqlalchemy import event, inspect

from exchange.domain.address import where
from exchange.store import schema
from exchange.store.dialects import on_postgres
from exchange.store.engine import Store, engine_of, open_store

_KILLED = 9
_NOTED = "UPDATE alembic_version"
_MADE = {
    True: "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    False: "SELECT name, sql FROM sqlite_master ORDER BY 1, 2",
}


def _upgraded(address: str, at: int, which: str) -> int:
    """The child's exit code: killed at that statement of the upgrade, at that revision of it, or `before` or `after` its commit."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    store = Store(where(address), engine_of(where(address)))
    seen = 0

    def _count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal seen
        seen += which == "statement" or statement.startswith(_NOTED)
        if seen == at:
            os._exit(_KILLED)

    if which == "statement":
        event.listen(store.engine, "before_cursor_execute", _count)
    if which == "revision":
        event.listen(store.engine, "after_cursor_execute", _count)
    if which == "before":
        event.listen(store.engine, "commit", lambda _: os._exit(_KILLED))
    schema.upgrade(store)
    os._exit(_KILLED if which == "after" else 0)


def _left(address: str) -> tuple[str, str]:
    """The schema that the database says it has, and a digest of what it is made of and of how many rows there are."""
    store = Store(where(address), engine_of(where(address)))
    with store.reading() as transaction:
        made = [tuple(row) for row in transaction.exec_driver_sql(_MADE[on_postgres(transaction)])]
        names = sorted(inspect(transaction).get_table_names())
        rows = [transaction.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in names]
        revision = transaction.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    store.close()
    return revision, hashlib.sha256(repr((made, names, rows)).encode()).hexdigest()


def main(address: str, which: str, step: int) -> None:
    before = _left(address)
    kills, whole, at = 0, True, 1
    while _upgraded(address, at, which) == _KILLED:
        kills, whole, at = kills + 1, whole and _left(address) == before, at + step
        if at > 1_000:
            raise AssertionError("the upgrade never ends")
    sys.stdout.write(json.dumps({"kills": kills, "whole": whole, "revision": _left(address)[0]}))


def at_commit(address: str) -> None:
    before = _left(address)
    _upgraded(address, 0, "before")
    kept = _left(address) == before
    _upgraded(address, 0, "after")
    revision = _left(address)[0]
    open_store(where(address)).close()
    sys.stdout.write(json.dumps({"kept": kept, "revision": revision}))


if __name__ == "__main__":
    address, how = sys.argv[1:]
    if how == "commit":
        at_commit(address)
    elif how == "revision":
        main(address, how, 1)
    else:
        main(address, "statement", int(how))

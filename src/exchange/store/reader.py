"""Stores that are only read, and stay open: for those who render pages, from any thread, and from files that they may not write."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from exchange.domain.address import Address, Where
from exchange.errors import NotFound, StoreError
from exchange.store import postgres
from exchange.store.dialects import raw
from exchange.store.engine import Store
from exchange.store.revisions import refuse_other
from exchange.store.sqlite import unusable

_SCHEMA = "SELECT version_num FROM alembic_version"
# A page does not wait for a writer as long as a command does.
_PRAGMAS = ("PRAGMA busy_timeout = 500", "PRAGMA query_only = ON", "PRAGMA trusted_schema = OFF")
_CONNECTIONS_KEPT = 8


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A store, and by what its file is known to be the same; `still` where no journal of it is looked at."""

    store: Store
    still: bool
    mark: tuple[int, ...]


_opened: dict[Where, _Opened] = {}
_lock = Lock()


def reader(address: Where) -> Store:
    """The store there, opened for reading when it is first asked for. Raises NotFound, SchemaTooNew, StoreError.

    It writes nothing, not even beside the file. Who may not write there reads it as it lies, if no journal with changes
    of its own (`-wal`) lies beside it. A file that has been replaced is opened afresh.
    """
    known = _opened.get(address)
    if known and known.mark == _mark(address, known.still):
        return known.store
    with _lock:
        known = _opened.get(address)
        if known is None or known.mark != _mark(address, known.still):
            _close(address)
            known = _opened[address] = _connected(address) if isinstance(address, Address) else _open(address)
        return known.store


def forget(address: Where) -> None:
    """The next who asks has it opened afresh, and looked at."""
    with _lock:
        _close(address)


def _close(address: Where) -> None:
    known = _opened.pop(address, None)
    if known:
        known.store.close()


def _mark(path: Where, still: bool) -> tuple[int, ...]:
    if isinstance(path, Address):
        return ()
    try:
        seen = path.stat()
    except OSError:
        return ()
    if not still:
        return seen.st_dev, seen.st_ino
    return seen.st_dev, seen.st_ino, seen.st_mtime_ns, seen.st_size, _journal(path)


def _journal(path: Path) -> int:
    """The bytes of the journal beside the file."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return 0


def _connected(address: Address) -> _Opened:
    store = Store(address, postgres.engine_of(address, reader=True))
    try:
        with store.reading() as transaction:
            revision = transaction.exec_driver_sql(_SCHEMA).scalar_one_or_none()
        refuse_other(address, revision)
    except StoreError:
        store.close()
        raise
    return _Opened(store=store, still=True, mark=())


def _open(path: Path) -> _Opened:
    if not path.is_file():
        raise NotFound(f"There is no database at {path}. `exchange import PATH…` makes one; --db names another place.")
    try:
        return _checked(path, still=False)
    except sqlite3.OperationalError as error:
        if "unable to open" not in str(error) and "readonly" not in str(error):
            raise unusable(path, str(error)) from error
        if _journal(path):
            raise StoreError(
                f"{path} has changes in a journal beside it, which may not be read here: {error}."
            ) from error
    except sqlite3.Error as error:
        raise unusable(path, str(error)) from error
    try:
        return _checked(path, still=True)
    except sqlite3.Error as error:
        raise unusable(path, str(error)) from error


def _checked(path: Path, still: bool) -> _Opened:
    mark = _mark(path, still)
    connection = _connection(path, still)
    try:
        row = connection.execute(_SCHEMA).fetchone()
    finally:
        connection.close()
    refuse_other(path, row[0] if row else None)
    return _Opened(store=Store(path, _engine(path, still)), still=still, mark=mark)


def _connection(path: Path, still: bool) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' if still else ''}"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


def _engine(path: Path, still: bool) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connection(path, still),
        poolclass=QueuePool,
        pool_size=_CONNECTIONS_KEPT,
        max_overflow=-1,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        raw(connection).execute("BEGIN")

    return engine


def _begin_anew() -> None:
    """A process that was forked must not use its parent's connections, nor close them."""
    global _lock  # the parent's may be held by a thread that is not here
    _lock = Lock()
    for known in _opened.values():
        known.store.engine.dispose(close=False)
    _opened.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)

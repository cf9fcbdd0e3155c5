"""Stores that are only read, and stay open: for those who render pages, from any thread, and from files that they may not write."""

import os
import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from exchange.errors import NotFound, SchemaTooNew, StoreError
from exchange.store.engine import Store, unusable

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
# A page does not wait for a writer as long as a command does.
_PRAGMAS = ("PRAGMA busy_timeout = 500", "PRAGMA query_only = ON", "PRAGMA trusted_schema = OFF")
_CONNECTIONS_KEPT = 8


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A store, and by what its file is known to be the same; `still` where no journal of it is looked at."""

    store: Store
    still: bool
    mark: tuple[int, ...]


_opened: dict[Path, _Opened] = {}
_lock = Lock()


def reader(path: Path) -> Store:
    """The store at `path`, opened for reading when it is first asked for. Raises NotFound, SchemaTooNew, StoreError.

    It writes nothing, not even beside the file. Who may not write there reads it as it lies, if no journal with changes
    of its own (`-wal`) lies beside it. A file that has been replaced is opened afresh.
    """
    known = _opened.get(path)
    if known and known.mark == _mark(path, known.still):
        return known.store
    with _lock:
        known = _opened.get(path)
        if known is None or known.mark != _mark(path, known.still):
            _close(path)
            known = _opened[path] = _open(path)
        return known.store


def forget(path: Path) -> None:
    """The next who asks has it opened afresh, and looked at."""
    with _lock:
        _close(path)


def _close(path: Path) -> None:
    known = _opened.pop(path, None)
    if known:
        known.store.close()


def _mark(path: Path, still: bool) -> tuple[int, ...]:
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
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    finally:
        connection.close()
    _is_ours(path, row[0] if row else None)
    return _Opened(store=Store(path, _engine(path, still)), still=still, mark=mark)


def _is_ours(path: Path, revision: object) -> None:
    if revision == revisions()[-1]:
        return
    if revision in revisions():
        raise StoreError(f"{path} was made by an older Exchange. `exchange import` upgrades it; make a copy first.")
    raise SchemaTooNew(f"{path} was made by a newer Exchange (schema {revision}). Upgrade exchange-debate.")


@cache
def revisions() -> tuple[str, ...]:
    """Every schema that there has been, oldest first: the numbers that the migrations' files begin with."""
    return tuple(sorted(file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*_*.py")))


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
        raw = connection.connection.driver_connection
        if raw is None:
            raise AssertionError("a connection of the pool is open")
        raw.execute("BEGIN")

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

"""PostgreSQL databases, opened so that they keep what SQLite keeps: one writer at a time, snapshots for readers."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Engine, create_engine, event
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler

from exchange.domain.address import Address
from exchange.errors import ConfigError, NotFound, StoreError, Unreachable

if TYPE_CHECKING:
    import psycopg

INSTALL = "pip install 'exchange-debate[postgres]'"
_READER = "reader"
READING: dict[str, Any] = {_READER: True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
# The lock of the store, within its database: a number that nobody else is likely to take, and that must never change.
_LOCK = 2447137214219936733
_TAKE = f"SELECT pg_advisory_xact_lock({_LOCK})"
# As SQLite's busy_timeout and synchronous = FULL; a process that hangs, or whose machine is gone, does not hold the lock
# for ever.
_SETTLED = """
    SELECT set_config('lock_timeout', '{wait}', false), set_config('idle_in_transaction_session_timeout', '600000', false),
        set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),
        set_config('tcp_keepalives_count', '3', false),
        CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
            THEN set_config('synchronous_commit', 'on', false) END
"""
# Ended by an administrator, a crash or a pause that was too long, or not ready yet.
_ENDED = ("57P01", "57P02", "57P03", "25P03")
_WAIT, _READER_WAIT = 30_000, 500
_TEXTS = ("VARCHAR", "TEXT")


def engine_of(address: Address, reader: bool = False) -> Engine:
    """An engine whose writers hold the store's lock; the database may still be empty. Raises ConfigError without psycopg.

    A `reader` waits less, as a page does not wait for a writer as long as a command does.
    """
    extra: dict[str, Any] = {"pool_size": 8, "max_overflow": 8, "pool_timeout": 5} if reader else {}
    try:
        engine = create_engine(
            address.url,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 3 if reader else 10, "client_encoding": "utf8"},
            **extra,
        )
    except ImportError as error:
        raise ConfigError(f"{address} needs psycopg, which is not installed: {INSTALL}") from error
    engine.dialect.ddl_compiler = _Compiler
    settled = _SETTLED.format(wait=_READER_WAIT if reader else _WAIT)

    @event.listens_for(engine, "connect")
    def _settle(connection: "psycopg.Connection", _: object) -> None:
        connection.execute(settled)
        connection.commit()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(_READER):
            connection.exec_driver_sql(_TAKE)

    return engine


class _Compiler(PGDDLCompiler):
    """Columns as the store wants them: texts in the order of their code points, as SQLite has them; numbers without gaps."""

    def get_column_specification(self, column: Column[Any], **named: Any) -> str:
        said: str = super().get_column_specification(column, **named)  # type: ignore[no-untyped-call] # untyped in SQLAlchemy
        name, _, rest = said.partition(" ")
        kind = rest.split(" ", 1)[0]
        if kind == "SERIAL":
            return f"{name} INTEGER DEFAULT next_number('{column.table.name}'){rest.removeprefix(kind)}"
        if kind.startswith(_TEXTS):
            return f'{name} {kind} COLLATE "C"{rest.removeprefix(kind)}'
        return said


def reason(address: Address, error: BaseException | None) -> str:
    """What PostgreSQL says, on one line, without the row's content and without the password."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    said = [line.strip() for line in str(primary or error).splitlines() if line.strip()]
    return address.hidden(" ".join(said[:2]).rstrip(".?") if said else "no reason was given")


def refused_row(error: BaseException | None) -> bool:
    """Was it the row that PostgreSQL did not take: a value that is none, a constraint, a value of another type?"""
    state = getattr(error, "sqlstate", None) or ""
    return state.startswith(("22", "23")) or state == "42804"


def unusable(address: Address, error: BaseException | None) -> StoreError:
    """What is said of a database that cannot be worked with."""
    said = reason(address, error)
    if getattr(error, "sqlstate", None) == "42P01":
        return StoreError(f"{address} is no database of Exchange ({said}). --db names another.")
    if f'database "{address.name}" does not exist' in said:
        return NotFound(
            f"There is no database {address}. `createdb --encoding UTF8 {address.name}` makes an empty one, and "
            "`exchange import PATH…` its tables."
        )
    kind = Unreachable if _lost(error) else StoreError
    return kind(
        f"The database {address} cannot be used: {said}. See that the server runs and lets you in, or name another with --db."
    )


def _lost(error: BaseException | None) -> bool:
    """Has the connection ended, or could none be made? psycopg gives no state where no server answered."""
    state = getattr(error, "sqlstate", None)
    if state is None:
        return type(error).__name__ == "OperationalError"
    return state.startswith("08") or state in _ENDED


def refuse_unfit(connection: Connection, address: Address) -> None:
    """Raises StoreError for a database whose texts cannot hold every character."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreError(
            f"{address} has the encoding {encoding}; `createdb --encoding UTF8 --template template0` makes one that fits."
        )

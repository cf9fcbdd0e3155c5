"""The engine that hands items out to workers: dbos, which is known to this file alone.

The engine holds nothing but "do item 17 of that batch"; what is true of an item says the store. So a task that is handed
out twice does no harm, and of its tables nothing needs to be kept.
"""

import json
import logging
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.domain.address import Address, Where
from exchange.errors import ConfigError, InputError
from exchange.store.engine import Store

INSTALL = "pip install 'exchange-debate[workers]'"
# The version is that of what a task says, not of the code: after an upgrade the old tasks are still done.
_APPLICATION, _VERSION, _SCHEMA = "exchange", "1", "dbos"
_QUEUE, _ITEM, _BEGIN = "items", "item", "begin"
_POLL = 0.25
_TOGETHER = 500


@dataclass(frozen=True, kw_only=True)
class Task:
    """An item that is to be done. A `round` is one handing over of a batch; `turn` counts how often it came back."""

    batch: str
    ordinal: int
    round: str
    turn: int = 0

    @property
    def id(self) -> str:
        """The same for the same turn, so that it is put in once."""
        return f"{self.batch}/{self.ordinal}/{self.round}/{self.turn}"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """What is begun again and again; `cron` in UTC, `wishes` as they were given to `plan`."""

    name: str
    cron: str
    wishes: dict[str, Any]


Do = Callable[[Task], Awaitable[None]]
Begin = Callable[[dict[str, Any]], Awaitable[None]]


class Queue:
    """The tasks of one database: in its schema `dbos`, or in a file of their own beside an SQLite file."""

    def __init__(self, store: Store) -> None:
        """Makes the engine's tables if they are missing. Raises ConfigError where dbos is not installed, StoreError."""
        try:
            from dbos import DBOS, DBOSClient
        except ImportError as error:
            raise ConfigError(f"Workers need dbos, which is not installed: {INSTALL}") from error
        tame(store.address)
        self._store, self._url = store, _url(store.address)
        with store.translated():
            DBOS.migrate(self._url, schema=_SCHEMA)
            self._client = DBOSClient(
                system_database_url=self._url,
                dbos_system_schema=_SCHEMA,
                serializer=_serializer(),
                application_name=_APPLICATION,
                retry_connection_errors=False,
            )

    def close(self) -> None:
        """Lets go of the engine's database."""
        self._client.destroy()

    def hand_over(self, batch: str, ordinals: Iterable[int]) -> int:
        """Puts the items in, in their order; how many. Raises StoreError, as all that follow."""
        named = secrets.token_hex(4)
        return sum(1 for ordinal in ordinals if self._put(Task(batch=batch, ordinal=ordinal, round=named)))

    def again(self, task: Task, seconds: float) -> None:
        """Puts the task in again, behind all others, to be handed out in so many seconds at the earliest."""
        self._put(Task(batch=task.batch, ordinal=task.ordinal, round=task.round, turn=task.turn + 1), seconds)

    def hand_back(self, worker: str) -> int:
        """Puts in again what was handed to a worker that has ended; how many tasks."""
        with self._store.translated():
            found = self._client.list_workflows(
                status="PENDING", executor_id=worker, application_name=_APPLICATION, load_input=False, load_output=False
            )
            names = [each.workflow_id for each in found]
            for start in range(0, len(names), _TOGETHER):
                self._client.resume_workflows(names[start : start + _TOGETHER], queue_name=_QUEUE)
        return len(names)

    def forget(self, batch: str) -> bool:
        """Removes some tasks that have ended of a batch that has; were there any?"""
        wanted: Any = dict(status=["SUCCESS", "ERROR"], workflow_id_prefix=f"{batch}/", limit=_TOGETHER)
        with self._store.translated():
            found = self._client.list_workflows(**wanted, load_input=False, load_output=False)
            if found:
                self._client.delete_workflows([each.workflow_id for each in found])
        return bool(found)

    def plan(self, schedule: Schedule) -> None:
        """Has a batch of those wishes begun again and again, by whichever worker is there. Raises InputError."""
        from croniter import croniter

        if not croniter.is_valid(schedule.cron):
            raise InputError(f"{schedule.cron!r} is no interval and no cron expression: write 30m, 24h or '0 2 * * *'.")
        wished: Any = dict(schedule_name=schedule.name, workflow_name=_BEGIN, schedule=schedule.cron)
        with self._store.translated():
            self._client.register_queue(_QUEUE, on_conflict="never_update")
            self._client.apply_schedules([wished | dict(context=schedule.wishes, queue_name=_QUEUE)])

    def schedules(self) -> Sequence[Schedule]:
        """What is planned."""
        with self._store.translated():
            found = self._client.list_schedules(application_name=_APPLICATION)
        return [
            Schedule(name=each["schedule_name"], cron=each["schedule"], wishes=_read(each["context"])) for each in found
        ]

    def unplan(self, name: str) -> None:
        """Begins no further batch of that schedule."""
        with self._store.translated():
            self._client.delete_schedule(name)

    @asynccontextmanager
    async def serving(self, worker: str, at_once: int, do: Do, begin: Begin) -> AsyncIterator[None]:
        """Has tasks done by `do`, so many at once, and what is planned begun by `begin`, on the loop that runs."""
        import asyncio

        from dbos import DBOS

        async def item(batch: str, ordinal: int, named: str, turn: int) -> None:
            await do(Task(batch=batch, ordinal=ordinal, round=named, turn=turn))

        async def planned(_: object, wishes: dict[str, Any]) -> None:
            await begin(wishes)

        DBOS(
            config=dict(
                name=_APPLICATION,
                system_database_url=self._url,
                dbos_system_schema=_SCHEMA,
                application_version=_VERSION,
                executor_id=worker,
                serializer=_serializer(),
                run_migrations=False,
                sys_db_pool_size=5,
                log_level="ERROR",
                scheduler_polling_interval_sec=10.0,
            )
        )
        DBOS.workflow(name=_ITEM, max_recovery_attempts=None)(item)
        DBOS.workflow(name=_BEGIN, max_recovery_attempts=None)(planned)
        try:
            with self._store.translated():
                DBOS.launch()
                await DBOS.register_queue_async(
                    _QUEUE, worker_concurrency=at_once, polling_interval_sec=_POLL, on_conflict="always_update"
                )
            yield
        finally:
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True)

    def _put(self, task: Task, seconds: float = 0.0) -> bool:
        options: dict[str, Any] = dict(
            workflow_name=_ITEM, queue_name=_QUEUE, workflow_id=task.id, app_version=_VERSION
        )
        if seconds > 0:
            options["delay_seconds"] = seconds
        with self._store.translated():
            self._client.enqueue(options, task.batch, task.ordinal, task.round, task.turn)  # type: ignore[arg-type] # a TypedDict of theirs
        return True


class _Hidden(logging.Handler):
    """Writes the engine's errors to stderr, a line each, without the password."""

    def __init__(self, address: Where) -> None:
        super().__init__(logging.ERROR)
        self.address = address

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            said += f" {record.exc_info[1]}"
        line = next(iter(said.splitlines()), "")
        sys.stderr.write(f"queue: {self.address.hidden(line) if isinstance(self.address, Address) else line}\n")


def tame(address: Where) -> None:
    """Puts a handler of ours where dbos would put its own: it adds one only if there is none."""
    logger = logging.getLogger("dbos")
    logger.handlers = [_Hidden(address)]
    logger.setLevel(logging.ERROR)
    logger.propagate = False


def _url(address: Where) -> str:
    return address.url if isinstance(address, Address) else f"sqlite:///{queue_file(address)}"


def queue_file(path: Path) -> Path:
    """Where the engine's tables lie beside an SQLite file."""
    return path.with_suffix(".queue.db")


def _serializer() -> Any:
    """JSON: what dbos writes by default is executed when it is read."""
    from dbos import Serializer

    class Plain(Serializer):
        def serialize(self, data: Any) -> str:
            return json.dumps(data, default=str)

        def deserialize(self, serialized_data: str) -> Any:  # noqa: N805, RUF100 # their name
            return json.loads(serialized_data)

        def name(self) -> str:
            return "json"

    return Plain()


def _read(context: Any) -> dict[str, Any]:
    found = json.loads(context) if isinstance(context, str) else context
    return dict(found or {})

"""Databases that are made once for each process of the suite: migrations take longer than most tests."""

from functools import cache
from pathlib import Path

from exchange.domain.address import Address
from exchange.jobs.importing import import_files, read_files
from exchange.store.engine import MEMORY, Store, engine_of, open_store
from tests import postgres

EXAMPLES = Path(__file__).parents[1] / "examples"


@cache
def blank() -> bytes:
    """An empty database, as a file holds it."""
    return image(open_store(MEMORY, create=True))


@cache
def with_examples() -> bytes:
    """A database with what `examples/` holds."""
    store = in_memory(blank())
    import_files(store, read_files([EXAMPLES]))
    return image(store)


def in_memory(image: bytes) -> Store:
    """A store of its own, filled from the image."""
    engine = engine_of(MEMORY)
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw
        raw.deserialize(image)
    return Store(MEMORY, engine)


def image(store: Store) -> bytes:
    with store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw
        image = bytes(raw.serialize())
    store.close()
    return image


@cache
def blank_template() -> str:
    """The name of a PostgreSQL database without rows, from which others are made."""
    database = postgres.create()
    open_store(database, create=True).close()
    return database.name


@cache
def examples_template() -> str:
    """The same, with what `examples/` holds."""
    database = postgres.create(blank_template())
    store = open_store(database)
    import_files(store, read_files([EXAMPLES]))
    store.close()
    return database.name


def on_server(template: str) -> Address:
    """A database of its own, like the template."""
    return postgres.create(template)

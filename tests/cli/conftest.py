"""What tests of the command line stand on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.domain.address import Where
from tests import images, postgres


@pytest.fixture
def database(tmp_path: Path, on_postgres: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Where]:
    """The database that EXCHANGE_DB names, with the examples in it."""
    if on_postgres:
        address = images.on_server(images.examples_template())
        monkeypatch.setenv("EXCHANGE_DB", address.url)
        yield address
        postgres.drop(address)
        return
    path = tmp_path / "exchange.db"
    path.write_bytes(images.with_examples())
    yield path

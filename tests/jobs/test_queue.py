"""What the engine is told, and what it may say."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.domain.address import Address
from exchange.jobs.queue import Task, queue_file, tame


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    found = logging.getLogger("dbos")
    before = list(found.handlers), found.level, found.propagate
    yield found
    found.handlers, found.level, found.propagate = before


def test_the_engine_says_no_password(logger: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    tame(Address("postgresql+psycopg://me:s3cret@host/name"))
    logger.error("postgresql://me:s3cret@host/name cannot be reached\nand more")

    assert capsys.readouterr().err == "queue: postgresql://me:***@host/name cannot be reached\n"


def test_what_is_no_error_of_the_engines_is_not_said(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    tame(Path("exchange.db"))
    logger.warning("launched")

    assert capsys.readouterr().err == ""


def test_a_task_that_comes_back_has_another_id() -> None:
    ids = {Task(batch="b-1", ordinal=2, round=named, turn=turn).id for named in "ab" for turn in (0, 1)}

    assert ids == {"b-1/2/a/0", "b-1/2/a/1", "b-1/2/b/0", "b-1/2/b/1"}


def test_the_engines_file_lies_beside_the_databases() -> None:
    assert queue_file(Path("folder/exchange.db")) == Path("folder/exchange.queue.db")

"""What waits at the same time is committed together, and nobody suffers for another."""

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from exchange.errors import Conflict, LimitReached, StoreError, Unreachable
from exchange.store.engine import Store, open_store
from exchange.store.writer import Writer
from tests import images


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "exchange.db"
    path.write_bytes(images.blank())
    return path


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(path)
    yield opened
    opened.close()


@pytest.fixture
def commits(store: Store) -> list[object]:
    """An entry for each commit."""
    seen: list[object] = []
    event.listen(store.engine, "commit", seen.append)
    return seen


def note(store: Store, slug: str) -> str:
    """Writes a row; a slug that begins with `!` is refused behind it."""
    with store.writing() as transaction:
        transaction.exec_driver_sql("INSERT INTO entity (path, slug, name) VALUES ('genes', ?, '')", (slug,))
        if slug.startswith("!"):
            raise LimitReached("no more", limit=1, actual=2)
    return slug


def noted(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [slug for (slug,) in connection.execute("SELECT slug FROM entity ORDER BY id")]


async def together(work: Callable[[Writer], Awaitable[object]], many: int) -> list[object]:
    """What became of the works, all of which waited when the thread came to the first."""
    held = threading.Event()
    with Writer() as writer:
        busy = asyncio.create_task(writer(held.wait))
        await asyncio.sleep(0.02)
        waiting = [asyncio.create_task(_work(work, writer)) for _ in range(many)]
        await asyncio.sleep(0.02)
        held.set()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        await busy
    return list(ended)


async def _work(work: Callable[[Writer], Awaitable[object]], writer: Writer) -> object:
    return await work(writer)


def noting(store: Store, *slugs: str) -> Callable[[Writer], Awaitable[object]]:
    """Each asking notes the next slug."""
    left = iter(slugs)
    return lambda writer: writer.commit(note, store, next(left))


async def test_writes_that_wait_share_a_commit(store: Store, path: Path, commits: list[object]) -> None:
    slugs = [f"e{number}" for number in range(5)]

    ended = await together(noting(store, *slugs), 5)

    assert (ended, noted(path), len(commits)) == (slugs, slugs, 1)


async def test_whoever_is_told_finds_the_row_committed(store: Store, path: Path) -> None:
    seen: list[list[str]] = []
    slugs = iter("abc")

    async def work(writer: Writer) -> object:
        slug = next(slugs)
        await writer.commit(note, store, slug)
        seen.append(noted(path))
        return slug

    await together(work, 3)

    assert seen == [["a", "b", "c"]] * 3


async def test_one_that_raises_fails_nobody_else_and_keeps_nothing(store: Store, path: Path) -> None:
    a, refused, b = await together(noting(store, "a", "!", "b"), 3)

    assert (a, type(refused), b, noted(path)) == ("a", LimitReached, "b", ["a", "b"])


async def test_a_row_that_the_store_refuses_is_a_conflict_of_its_own(store: Store, path: Path) -> None:
    first, second, third = await together(noting(store, "a", "a", "b"), 3)

    assert (first, type(second), third, noted(path)) == ("a", Conflict, "b", ["a", "b"])


async def test_a_commit_that_fails_is_everyones(store: Store, path: Path) -> None:
    def refuse(_: object) -> None:
        raise StoreError("the disk is full")

    event.listen(store.engine, "commit", refuse)

    ended = await together(noting(store, "a", "b"), 2)

    assert ([type(each) for each in ended], noted(path)) == ([StoreError] * 2, [])


async def test_more_than_a_hundred_take_several_commits(store: Store, path: Path, commits: list[object]) -> None:
    ended = await together(noting(store, *map(str, range(150))), 150)

    assert (len(ended), len(noted(path)), len(commits)) == (150, 150, 2)


async def test_what_an_action_reads_in_a_group_is_what_others_of_it_wrote(store: Store) -> None:
    def count(store: Store) -> int:
        note(store, f"{threading.get_ident()}-{len(seen)}")
        with store.reading() as transaction:
            seen.append(int(transaction.exec_driver_sql("SELECT count(*) FROM entity").scalar_one()))
        return seen[-1]

    seen: list[int] = []

    assert await together(lambda writer: writer.commit(count, store), 3) == [1, 2, 3]


async def test_a_caller_that_is_cancelled_stops_nothing_that_has_begun(store: Store, path: Path) -> None:
    begun, held = threading.Event(), threading.Event()

    def slow(store: Store) -> None:
        begun.set()
        held.wait()
        note(store, "a")

    with Writer() as writer:
        asked = asyncio.create_task(writer.commit(slow, store))
        await asyncio.to_thread(begun.wait)
        asked.cancel()
        held.set()

    assert noted(path) == ["a"]


async def test_a_writer_that_has_ended_says_so(store: Store) -> None:
    with Writer() as writer:
        pass

    with pytest.raises(RuntimeError, match="ended"):
        await writer.commit(note, store, "a")


def comes_back(after: int) -> Callable[[], int]:
    """What finds its server gone so many times, and then says how often it was asked."""
    asked = 0

    def action() -> int:
        nonlocal asked
        asked += 1
        if asked <= after:
            raise Unreachable("gone")
        return asked

    return action


async def test_a_server_that_is_gone_is_waited_for() -> None:
    with Writer(patience=5) as writer:
        assert await writer(comes_back(1)) == 2


async def test_a_server_that_stays_away_is_not_waited_for_longer_than_is_allowed() -> None:
    with Writer(patience=0.3) as writer, pytest.raises(Unreachable):
        await writer(comes_back(100))


async def test_without_patience_a_server_that_is_gone_is_an_error_at_once() -> None:
    action = comes_back(1)
    with Writer() as writer, pytest.raises(Unreachable):
        await writer(action)
    assert action() == 2


async def test_a_write_whose_caller_gave_up_before_it_began_is_not_done(store: Store, path: Path) -> None:
    held = threading.Event()
    with Writer() as writer:
        busy = asyncio.create_task(writer(held.wait))
        await asyncio.sleep(0.02)
        given_up = [
            asyncio.create_task(_work(work, writer))
            for work in (noting(store, "a"), lambda writer: writer(note, store, "b"))
        ]
        kept = asyncio.create_task(_work(noting(store, "c"), writer))
        await asyncio.sleep(0.02)
        for each in given_up:
            each.cancel()
        await asyncio.sleep(0.02)
        held.set()
        await asyncio.gather(busy, kept)

    assert noted(path) == ["c"]

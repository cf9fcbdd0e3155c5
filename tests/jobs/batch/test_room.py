"""So many at once, and one alone."""

import asyncio

from exchange.jobs.batch.room import Room


async def inside(room: Room, *, alone: bool, seen: list[int], leave: asyncio.Event) -> None:
    async with room.place(alone):
        seen.append(room.inside)
        await leave.wait()


async def entered(room: Room, *alone: bool) -> list[int]:
    """How many were inside as each came in, before anybody left; then all leave."""
    seen: list[int] = []
    leave = asyncio.Event()
    tasks = []
    for each in alone:
        tasks.append(asyncio.create_task(inside(room, alone=each, seen=seen, leave=leave)))
        await asyncio.sleep(0.01)
    before = list(seen)
    leave.set()
    await asyncio.gather(*tasks)
    return before


async def test_no_more_are_inside_than_there_are_places() -> None:
    assert await entered(Room(places=2), False, False, False) == [1, 2]


async def test_who_must_be_alone_waits_until_nobody_is_inside() -> None:
    assert await entered(Room(places=2), False, True) == [1]


async def test_nobody_comes_in_to_who_is_alone() -> None:
    assert await entered(Room(places=2), True, False) == [1]


async def test_who_waits_to_be_alone_lets_nobody_in() -> None:
    assert await entered(Room(places=3), False, True, False) == [1]


async def test_all_come_in_in_the_end() -> None:
    room = Room(places=1)
    await entered(room, False, True, False, True)

    await room.empty()
    assert room.inside == 0

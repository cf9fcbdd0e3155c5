"""So many at once, and one alone."""

import asyncio

from exchange.jobs.batch.floor import Floor


async def inside(floor: Floor, *, alone: bool, seen: list[int], leave: asyncio.Event) -> None:
    async with floor.place(alone):
        seen.append(floor.inside)
        await leave.wait()


async def entered(floor: Floor, *alone: bool) -> list[int]:
    """How many were inside as each came in, before anybody left; then all leave."""
    seen: list[int] = []
    leave = asyncio.Event()
    tasks = []
    for each in alone:
        tasks.append(asyncio.create_task(inside(floor, alone=each, seen=seen, leave=leave)))
        await asyncio.sleep(0.01)
    before = list(seen)
    leave.set()
    await asyncio.gather(*tasks)
    return before


async def test_no_more_are_inside_than_there_are_places() -> None:
    assert await entered(Floor(places=2), False, False, False) == [1, 2]


async def test_who_must_be_alone_waits_until_nobody_is_inside() -> None:
    assert await entered(Floor(places=2), False, True) == [1]


async def test_nobody_comes_in_to_who_is_alone() -> None:
    assert await entered(Floor(places=2), True, False) == [1]


async def test_who_waits_to_be_alone_lets_nobody_in() -> None:
    assert await entered(Floor(places=3), False, True, False) == [1]


async def test_all_come_in_in_the_end() -> None:
    floor = Floor(places=1)
    await entered(floor, False, True, False, True)

    await floor.empty()
    assert floor.inside == 0

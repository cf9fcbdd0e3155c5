"""How many items a worker does at once; and the one that must be alone, since it may end its process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Floor:
    """`places` at once. Who waits to be alone lets nobody else in, so that it is not waited for in vain."""

    places: int
    inside: int = 0
    _alone: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def place(self, alone: bool) -> AsyncIterator[None]:
        """A place among others, or the whole floor."""
        await self._enter(alone)
        try:
            yield
        finally:
            async with self._changed:
                self.inside -= 1
                self._alone -= alone
                self._changed.notify_all()

    async def empty(self) -> None:
        """Waits until nobody is inside."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self.inside)

    async def _enter(self, alone: bool) -> None:
        async with self._changed:
            if alone:
                self._alone += 1
                try:
                    await self._changed.wait_for(lambda: not self.inside)
                except asyncio.CancelledError:
                    self._alone -= 1
                    self._changed.notify_all()
                    raise
            else:
                await self._changed.wait_for(lambda: not self._alone and self.inside < self.places)
            self.inside += 1

"""A batch as it goes on: one living line on a terminal, a line now and then elsewhere; always on stderr."""

import json as codec
import time

from exchange.cli.living import Living
from exchange.domain.work import Became, Item, ItemState

_EVERY = 30.0


class Watch(Living):
    """Counts what became of items, what was spent, and how long the rest will take."""

    def __init__(self, batch: str, total: int, ended: int, spent: float, cap: float | None, json: bool) -> None:
        """`ended` of the `total` items had ended before, `spent` US dollars were spent."""
        self._total, self._ended, self._before = total, ended, ended
        self._cap, self._json = cap, json
        self._spent, self._unpriced = spent, 0
        self._wrong = 0
        self._begun = self._said = time.monotonic()
        super().__init__(self._line(), f"exchange batch resume {batch}")

    def answered(self, cost: float | None) -> None:
        """A call was answered, at that cost in US dollars."""
        self._spent += cost or 0.0
        self._unpriced += cost is None
        self._refresh()

    def told(self, item: Item, became: Became, state: ItemState | None) -> None:
        """A try came to its end."""
        self._ended += state in (ItemState.DONE, ItemState.FAILED, ItemState.QUARANTINED)
        self._wrong += state in (ItemState.FAILED, ItemState.QUARANTINED)
        if self._json:
            print(codec.dumps(values(item, became, state), ensure_ascii=False), flush=True)
        if became.error:
            self.say(
                f"{item.hypothesis}: {state or 'taken over'} after try {item.tries}: {became.error}: {became.reason}"
            )
        self._refresh()

    def _refresh(self) -> None:
        if self.lives:
            self.live(self._line())
        elif time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            self.say(self._line())

    def _line(self) -> str:
        took = time.monotonic() - self._begun
        rate = (self._ended - self._before) / took if took else 0.0
        parts = [f"{self._ended:,} of {self._total:,} hypotheses", f"{rate:.1f} a second"]
        unpriced = f" and {self._unpriced:,} calls of unknown price" if self._unpriced else ""
        parts.append(f"${self._spent:.4f}{unpriced}" + (f" of ${self._cap:g}" if self._cap is not None else ""))
        if self._wrong:
            parts.append(f"{self._wrong:,} failed")
        if rate:
            parts.append(f"about {in_time((self._total - self._ended) / rate)} left")
        return " · ".join(parts)


def in_time(seconds: float) -> str:
    """So many seconds, as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"


def values(item: Item, became: Became, state: ItemState | None) -> dict[str, object]:
    """What the line of a try says."""
    told = dict(hypothesis=item.hypothesis, kind=item.kind.value, why=item.why, tries=item.tries)
    return told | dict(state=state.value if state else "taken over") | became.model_dump(exclude={"again"})

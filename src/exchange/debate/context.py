"""What a debate is given, and what it tells and returns."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from exchange.debate.questions import Questions
from exchange.domain.calls import Answer, Question, Reply
from exchange.domain.debate import Check, Turn
from exchange.domain.setup import Setup
from exchange.domain.verdict import Sitting, Unscored, Verdict
from exchange.errors import ExchangeError, TransientError

_Read = TypeVar("_Read")


class Ask(Protocol):
    """Puts a question to its model. Raises ModelError, ReplyError and whatever else stops a call."""

    async def __call__(self, question: Question, read: Callable[[Reply], _Read]) -> tuple[Answer, _Read]:
        """The answer, and what `read` makes of it."""


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A call that gave nothing: where, and why. `sitting` is the judge's, None for a turn."""

    place: str
    sitting: Sitting | None
    error: ExchangeError

    @property
    def stops(self) -> bool:
        """Does it stop the debate at once? A judge out of reach for the moment does not; the quorum decides."""
        return self.sitting is None or not isinstance(self.error, TransientError)


Event = Turn | Verdict | Unscored | Lost


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything a debate may use; `tell` hears each event and returns when it is kept.

    `spoken` are the turns that were spoken before the debate was taken up again; `costs` is filled with what each call
    cost, in US dollars, as far as it is known.
    """

    setup: Setup
    questions: Questions
    ask: Ask
    check: Callable[[int, str], Check]
    tell: Callable[[Event], Awaitable[None]]
    spoken: tuple[Turn, ...] = ()
    costs: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A debate's outcome. If `lost` has something that stops, turns and verdicts are what there was until then."""

    turns: tuple[Turn, ...]
    verdicts: tuple[Verdict | Unscored, ...]
    lost: tuple[Lost, ...]
    stop_reason: str

"""One function for each thing that a role does. None raises for what one call did: the outcome is a value."""

from collections.abc import Sequence
from dataclasses import replace

from exchange.debate import readings
from exchange.debate.context import Context, Lost
from exchange.debate.replies import Speaking
from exchange.debate.rules import Slot
from exchange.domain.calls import Reply
from exchange.domain.debate import Turn
from exchange.domain.verdict import Sitting, Unscored, Verdict
from exchange.errors import ContextTooLong, ExchangeError, RefusedError, ReplyError
from exchange.llm.reply import parse


async def speak(context: Context, slot: Slot, turns: Sequence[Turn]) -> Turn | Lost:
    """The slot's turn, its citations checked."""
    seat = context.setup.seat(slot.role)
    place = f"{seat.name}/{slot.ordinal}"
    try:
        question, prompts = context.questions.turn(slot, turns)
        answer, speaking = await context.ask(question, lambda reply: _speaking(context, slot, reply))
        context.costs[answer.call] = answer.reply.cost or 0.0
        turn = readings.turn(slot, seat.model, speaking, context.check, prompts, answer.call)
        await context.tell(turn)
    except ExchangeError as error:
        return await _lost(context, Lost(place=place, sitting=None, error=error))
    return turn


async def sit(context: Context, sitting: Sitting, turns: Sequence[Turn]) -> Verdict | Unscored | Lost:
    """The judge's verdict in that sitting; Unscored where an answer came and could not be read."""
    rubric = context.setup.rubric
    try:
        question, prompts = context.questions.sitting(sitting, turns)
        answer, said = await context.ask(question, lambda reply: readings.judgment(reply, rubric))
        context.costs[answer.call] = answer.reply.cost or 0.0
        return await _told(context, readings.verdict(sitting, said, rubric, prompts, answer.call))
    except (ReplyError, RefusedError, ContextTooLong) as error:
        return await _told(context, Unscored(sitting=sitting, reason=str(error)))
    except ExchangeError as error:
        return await _lost(context, Lost(place=sitting.place, sitting=sitting, error=error))


async def _told(context: Context, verdict: Verdict | Unscored) -> Verdict | Unscored | Lost:
    try:
        await context.tell(verdict)
    except ExchangeError as error:
        return Lost(place=verdict.sitting.place, sitting=verdict.sitting, error=error)
    return verdict


async def _lost(context: Context, lost: Lost) -> Lost:
    try:
        await context.tell(lost)
    except ExchangeError as error:
        return replace(lost, error=error)
    return lost


def _speaking(context: Context, slot: Slot, reply: Reply) -> Speaking:
    context.questions.refuse_mark(slot, reply.text)
    return parse(reply, Speaking)

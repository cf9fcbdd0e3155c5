"""One function for each thing that a role does. None raises for what one call did: the outcome is a value."""

from collections.abc import Sequence
from dataclasses import replace

from exchange.debate.context import Context, Lost
from exchange.debate.fence import neutral
from exchange.debate.replies import Judgment, Speaking
from exchange.debate.rules import Slot
from exchange.domain.calls import Reply
from exchange.domain.debate import Argument, Citation, Seat, Turn
from exchange.domain.verdict import Rating, Sitting, Unscored, Verdict
from exchange.errors import ContextTooLong, ExchangeError, RefusedError, ReplyError
from exchange.llm.reply import parse


async def speak(context: Context, slot: Slot, turns: Sequence[Turn]) -> Turn | Lost:
    """The slot's turn, its citations checked."""
    seat = context.setup.seat(slot.role)
    place = f"{seat.name}/{slot.ordinal}"
    try:
        question, prompts = context.questions.turn(slot, turns)
        answer, speaking = await context.ask(question, lambda reply: _speaking(context, slot, reply))
        turn = Turn(
            ordinal=slot.ordinal,
            role=slot.role,
            round=slot.round,
            answers=slot.answers,
            model=seat.model,
            arguments=_checked(context, speaking),
            prompts=prompts,
            call=answer.call,
        )
        await context.tell(turn)
    except ExchangeError as error:
        return await _lost(context, Lost(place=place, sitting=None, error=error))
    return turn


async def sit(context: Context, sitting: Sitting, seat: Seat, turns: Sequence[Turn]) -> Verdict | Unscored | Lost:
    """The judge's verdict in that sitting; Unscored where an answer came and could not be read."""
    try:
        question, prompts = context.questions.sitting(sitting, seat, turns)
        answer, judgment = await context.ask(
            question, lambda reply: parse(reply, Judgment).against(context.setup.rubric)
        )
        verdict = Verdict(
            sitting=sitting,
            ratings=_ratings(judgment, context),
            reason=neutral(judgment.reason),
            credence=judgment.credence,
            prompts=prompts,
            call=answer.call,
        )
        return await _told(context, verdict)
    except (ReplyError, RefusedError, ContextTooLong) as error:
        return await _told(context, Unscored(sitting=sitting, reason=str(error)))
    except ExchangeError as error:
        return await _lost(context, Lost(place=_place(sitting), sitting=sitting, error=error))


async def _told(context: Context, verdict: Verdict | Unscored) -> Verdict | Unscored | Lost:
    try:
        await context.tell(verdict)
    except ExchangeError as error:
        return Lost(place=_place(verdict.sitting), sitting=verdict.sitting, error=error)
    return verdict


async def _lost(context: Context, lost: Lost) -> Lost:
    try:
        await context.tell(lost)
    except ExchangeError as error:
        return replace(lost, error=error)
    return lost


def _place(sitting: Sitting) -> str:
    return "/".join((sitting.seat, sitting.when, sitting.order))


def _speaking(context: Context, slot: Slot, reply: Reply) -> Speaking:
    context.questions.refuse_mark(slot, reply.text)
    return parse(reply, Speaking)


def _checked(context: Context, speaking: Speaking) -> tuple[Argument, ...]:
    return tuple(
        Argument(
            text=neutral(argument.text).strip(),
            citations=tuple(
                Citation(
                    passage=cited.passage,
                    quote=neutral(cited.quote).strip(),
                    check=context.check(cited.passage, cited.quote),
                )
                for cited in argument.citations
            ),
        )
        for argument in speaking.arguments
    )


def _ratings(judgment: Judgment, context: Context) -> tuple[Rating, ...]:
    return tuple(
        Rating(criterion=criterion.name, reason=neutral(given.reason), rating=given.rating)
        for criterion in context.setup.rubric.criteria
        for given in [judgment.ratings[criterion.name]]
    )

"""A reply's text -> a turn or a verdict: pure, so that anybody can read a stored reply again and get the same."""

from collections.abc import Callable

from exchange.debate.replies import Judgment, Speaking
from exchange.debate.rules import Slot
from exchange.domain.calls import Reply
from exchange.domain.debate import Argument, Check, Citation, PromptUsed, Turn
from exchange.domain.neutral import neutral
from exchange.domain.rubric import Rubric
from exchange.domain.verdict import Rating, Sitting, Verdict
from exchange.llm.reply import parse

Looked = Callable[[int, str], Check]


def judgment(reply: Reply, rubric: Rubric) -> Judgment:
    """What the judge said. Raises ReplyError, RefusedError."""
    return parse(reply, Judgment).against(rubric)


def turn(slot: Slot, model: str, speaking: Speaking, look: Looked, prompts: tuple[PromptUsed, ...], call: int) -> Turn:
    """The turn that a debater's reply is; `look` finds a quote in a passage."""
    return Turn(
        ordinal=slot.ordinal,
        role=slot.role,
        round=slot.round,
        answers=slot.answers,
        model=model,
        arguments=tuple(
            Argument(
                text=neutral(argument.text).strip(),
                citations=tuple(
                    Citation(
                        passage=cited.passage,
                        quote=neutral(cited.quote).strip(),
                        check=look(cited.passage, cited.quote),
                    )
                    for cited in argument.citations
                ),
            )
            for argument in speaking.arguments
        ),
        prompts=prompts,
        call=call,
    )


def verdict(sitting: Sitting, said: Judgment, rubric: Rubric, prompts: tuple[PromptUsed, ...], call: int) -> Verdict:
    """The verdict that a judge's reply is, its ratings in the rubric's order."""
    return Verdict(
        sitting=sitting,
        ratings=tuple(
            Rating(criterion=criterion.name, reason=neutral(given.reason), rating=given.rating)
            for criterion in rubric.criteria
            for given in [said.ratings[criterion.name]]
        ),
        reason=neutral(said.reason),
        credence=said.credence,
        prompts=prompts,
        call=call,
    )

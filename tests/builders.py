"""Records as tests need them; every argument has a harmless default."""

import json
from pathlib import Path
from typing import Any

from exchange.config import format_named, rubric_named
from exchange.domain.bands import Certainty
from exchange.domain.debate import Argument, Brief, Check, Citation, NumberedPassage, PromptUsed, Role, Seat, Turn
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.rubric import Rubric
from exchange.domain.score import Score, State
from exchange.domain.setup import Setup
from exchange.domain.verdict import Order, Rating, Sitting, Unscored, Verdict, When

PROMPT = PromptUsed(name="rules", version="1", digest="0" * 64)
QUOTE = "PLIN2 coats lipid droplets in astrocytes"


def passage(number: int = 1, text: str = f"{QUOTE}. It slows lipolysis.") -> NumberedPassage:
    return NumberedPassage(number=number, page="genes-plin2", section="Function", text=text, sentences=(text,))


def brief(*passages: NumberedPassage, claim: str = "Raising PLIN2 protects neurons.") -> Brief:
    return Brief(
        hypothesis="h-0e9a3b1c", claim=claim, by_title=False, targets=("PLIN2",), passages=passages or (passage(),)
    )


def turn(
    ordinal: int = 1,
    role: Role = Role.PROPOSER,
    text: str = "It holds.",
    quote: str = QUOTE,
    check: Check = Check.VERIFIED,
    passage: int = 1,
) -> Turn:
    return Turn(
        ordinal=ordinal,
        role=role,
        round=max(0, ordinal - 2),
        answers=ordinal - 1 or None,
        model="scripted:x",
        arguments=(Argument(text=text, citations=(Citation(passage=passage, quote=quote, check=check),)),),
        prompts=(PROMPT,),
        call=ordinal,
    )


def sitting(
    seat: str = "judge-1", when: When = When.FINAL, order: Order = Order.PROPOSER_FIRST, model: str | None = None
) -> Sitting:
    return Sitting(seat=seat, model=model or f"openai:{seat}", when=when, order=order)


def verdict(at: Sitting, credence: int = 50, rating: str = "moderate", rubric: Rubric | None = None) -> Verdict:
    criteria = (rubric or rubric_named("mechanism")).criteria
    return Verdict(
        sitting=at,
        ratings=tuple(Rating(criterion=each.name, reason="because", rating=rating) for each in criteria),
        reason="because",
        credence=credence,
        prompts=(PROMPT,),
        call=1,
    )


def verdicts_of(
    credences: list[int], rating: str = "moderate", rubric: Rubric | None = None, prior: int = 50
) -> list[Verdict | Unscored]:
    """A prior and both final orders for each judge, each judge a model of its own."""
    return [
        verdict(sitting(f"judge-{number}", when, order), prior if when is When.PRIOR else credence, rating, rubric)
        for number, credence in enumerate(credences, start=1)
        for when, order in (
            (When.PRIOR, Order.BLIND),
            (When.FINAL, Order.PROPOSER_FIRST),
            (When.FINAL, Order.CRITIC_FIRST),
        )
    ]


def setup(format: str = "quick", model: str = "scripted:x", judges: int = 1, about: Brief | None = None) -> Setup:
    shape = format_named(format)
    return Setup(
        format=shape,
        rubric=rubric_named(shape.rubric),
        brief=about or brief(),
        seats=(
            Seat(name="proposer", role=Role.PROPOSER, model=model),
            Seat(name="critic", role=Role.CRITIC, model=model),
            *(Seat(name=f"judge-{number}", role=Role.JUDGE, model=model) for number in range(1, judges + 1)),
        ),
        prompts=(PROMPT,),
    )


def spoken(quote: str = QUOTE, passage: int = 1, text: str = "The passage says so.") -> dict[str, Any]:
    """A proposer's or critic's reply."""
    return {"arguments": [{"text": text, "citations": [{"passage": passage, "quote": quote}]}]}


def judged(credence: int = 60, rating: str = "high", rubric: str = "mechanism") -> dict[str, Any]:
    """A judge's reply."""
    criteria = rubric_named(rubric).criteria
    return {
        "ratings": {each.name: {"reason": "as quoted", "rating": rating} for each in criteria},
        "reason": "on balance",
        "credence": credence,
    }


def script(path: Path, *entries: dict[str, Any]) -> str:
    """Writes a script and returns the full name of the model that reads it."""
    path.write_text(json.dumps({"replies": list(entries)}))
    return f"scripted:{path}"


def agreeable_script(
    path: Path, credence: int = 60, prior: int = 50, rubric: str = "mechanism", quote: str = QUOTE, passage: int = 1
) -> str:
    """A script that answers every question of a debate, each rebuttal in words of its own."""
    return script(
        path,
        {"place": "judge-*/blind", "reply": judged(prior, rubric=rubric)},
        {"place": "judge-*", "reply": judged(credence, rubric=rubric)},
        *rebuttals(quote, passage),
        {"place": "*", "reply": spoken(quote, passage)},
    )


def rebuttals(quote: str = QUOTE, passage: int = 1) -> list[dict[str, Any]]:
    """An entry for each rebuttal, none of which repeats another."""
    return [
        {"place": f"*/{number}", "reply": spoken(quote, passage, f"The passage says so, in turn {number}.")}
        for number in range(3, 13)
    ]


def score_event(value: float | None = 0.5, width: float | None = 0.2, day: int = 1, **wanted: Any) -> ScoreEvent:
    """An event of h-0e9a3b1c with a score whose interval is `width` wide, None for no interval; no value, no number."""
    score = Score(
        state=wanted.pop("state", State.INSUFFICIENT if value is None else State.SCORED),
        reason="no quote was found in its passage" if value is None else None,
        value=value,
        low=None if value is None or width is None else max(value - width / 2, 0.0),
        high=None if value is None or width is None else min(value + width / 2, 1.0),
        certainty=None if value is None or width is None else Certainty.LEANING,
        policy="cold 1",
        policy_digest="",
    )
    event: dict[str, Any] = dict(
        hypothesis="h-0e9a3b1c", cause=Cause.REROLL, score=score, at=f"2026-11-{day:02}T09:00:00.000000+00:00"
    )
    return ScoreEvent(**(event | wanted))


def imported_score(value: float, origin: str = "a wiki", day: int = 1) -> ScoreEvent:
    return score_event(value, None, day, cause=Cause.IMPORTED, origin=origin)

"""The question that each role is put: what is common to all first, what varies last."""

from collections.abc import Sequence
from typing import Any

from exchange.debate import replies
from exchange.debate.fence import Fences
from exchange.debate.rules import Slot, in_order
from exchange.debate.transcript import joined, place, transcript
from exchange.domain.calls import Message, Question
from exchange.domain.debate import Brief, PromptUsed, Turn
from exchange.domain.rubric import Rubric
from exchange.domain.setup import Setup
from exchange.domain.verdict import Sitting, When
from exchange.prompts import Prompt, load

CLAIM, PASSAGES = "claim", "passages"
_VARIABLES = {
    "rules": frozenset[str](),
    "brief": frozenset({"claim", "passages"}),
    "proposer": frozenset({"arguments"}),
    "critic": frozenset({"arguments", "transcript"}),
    "rebuttal": frozenset({"role", "arguments", "transcript"}),
    "rubric": frozenset({"criteria", "scale"}),
    "prior": frozenset[str](),
    "interim": frozenset({"transcript"}),
    "final": frozenset({"transcript"}),
}
# A judge who sits without a debate is asked what it is asked before one.
_ASKED = {When.PRIOR: "prior", When.BASELINE: "prior", When.INTERIM: "interim", When.FINAL: "final"}

# The prompts that debaters alone are given; judges, who hear stored turns, are asked with the others.
_OF_DEBATERS = frozenset({"proposer", "critic", "rebuttal"})

Prompts = dict[str, Prompt]


def load_prompts() -> Prompts:
    """Every prompt of a debate. Raises PromptError."""
    return {name: load(name, variables) for name, variables in _VARIABLES.items()}


def used(prompts: Prompts, *names: str) -> tuple[PromptUsed, ...]:
    """Which files these prompts are; all of them where none is named."""
    chosen = [prompts[name] for name in names or prompts]
    return tuple(PromptUsed(name=each.name, version=each.version, digest=each.digest) for each in chosen)


def heard_again(before: Sequence[PromptUsed], today: Sequence[PromptUsed]) -> tuple[PromptUsed, ...]:
    """The prompts of a sitting on stored turns: those that made the turns, and today's for the judges."""
    spoken = {each.name: each for each in before if each.name in _OF_DEBATERS}
    return tuple(spoken.get(each.name, each) for each in today)


def of_judges(before: Sequence[PromptUsed], today: Sequence[PromptUsed]) -> bool:
    """Do the two differ at most in what judges alone are given?"""
    of_turns = _OF_DEBATERS | {"rules", "brief"}
    return {each for each in before if each.name in of_turns} == {each for each in today if each.name in of_turns}


class Questions:
    """Puts the questions of one debate."""

    def __init__(self, debate: str, setup: Setup, prompts: Prompts, fences: Fences) -> None:
        self._debate = debate
        self._setup = setup
        self._prompts = prompts
        self._fences = fences
        self._opening = _brief(setup.brief, prompts, fences)
        self._rules = Message(role="system", content=prompts["rules"].fill())
        self._bench = _rubric(setup.rubric, prompts)
        speech, judging = setup.format.speech, setup.format.judging
        self._offered = replies.speaking_schema(speech, setup.format.quotes, setup.brief)
        self._open = replies.speaking_schema(speech, setup.format.quotes, None)
        self._judged = replies.judgment_schema(setup.rubric, judging.length)
        self._spoken: dict[int, str] = {}

    def turn(self, slot: Slot, turns: Sequence[Turn]) -> tuple[Question, tuple[PromptUsed, ...]]:
        """The question for the next turn, and the prompts that it is made of."""
        seat, speech = self._setup.seat(slot.role), self._setup.format.speech
        name = "rebuttal" if slot.round else slot.role.value
        values = {"arguments": str(speech.arguments), "role": slot.role.value}
        values["transcript"] = self._transcript(turns)
        asked = self._prompts[name].fill(**{key: values[key] for key in _VARIABLES[name]})
        wanted = dict(
            schema_name="turn", reply_schema=self._offered, open_schema=self._open, max_tokens=speech.max_tokens
        )
        question = self._question(f"{seat.name}/{slot.ordinal}", seat.model, [asked], wanted)
        return question, used(self._prompts, "rules", "brief", name)

    def sitting(self, sitting: Sitting, turns: Sequence[Turn]) -> tuple[Question, tuple[PromptUsed, ...]]:
        """The question for a verdict, and the prompts that it is made of."""
        name, most = _ASKED[sitting.when], self._setup.format.judging.max_tokens
        values = {"transcript": self._transcript(in_order(turns, sitting.order))} if _VARIABLES[name] else {}
        asked = [self._bench, self._prompts[name].fill(**values)]
        wanted = dict(schema_name="verdict", reply_schema=self._judged, open_schema=self._judged, max_tokens=most)
        question = self._question(sitting.place, sitting.model, asked, wanted)
        return question, used(self._prompts, "rules", "brief", "rubric", name)

    def refuse_mark(self, slot: Slot, text: str) -> None:
        """Raises ReplyError for a text that contains the mark of the fence that the slot's turn will stand in."""
        self._fences.refuse_mark(place(slot.ordinal), text)

    def _transcript(self, turns: Sequence[Turn]) -> str:
        """What `transcript` makes of the turns, each made once: it is the same for whoever reads it."""
        for turn in turns:
            if turn.ordinal not in self._spoken:
                self._spoken[turn.ordinal] = transcript([turn], self._fences)
        return joined([self._spoken[turn.ordinal] for turn in turns])

    def _question(self, place: str, model: str, parts: list[str], wanted: dict[str, Any]) -> Question:
        return Question(
            debate=self._debate,
            place=place,
            model=model,
            messages=(
                self._rules,
                Message(role="user", content="\n\n".join([self._opening, *parts])),
            ),
            **wanted,
        )


def _brief(brief: Brief, prompts: Prompts, fences: Fences) -> str:
    target = f"\nTarget: {', '.join(brief.targets)}" if brief.targets else ""
    passages = "\n\n".join(
        f"[{passage.number}] {passage.section}: {passage.text}"
        if passage.section
        else f"[{passage.number}] {passage.text}"
        for passage in brief.passages
    )
    return prompts["brief"].fill(
        claim=fences.around(CLAIM, brief.claim + target), passages=fences.around(PASSAGES, passages)
    )


def _rubric(rubric: Rubric, prompts: Prompts) -> str:
    criteria = "\n".join(f"- {each.name}: {each.question}" for each in rubric.criteria)
    return prompts["rubric"].fill(criteria=criteria, scale=", ".join(rubric.scale))

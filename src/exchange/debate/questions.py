"""The question that each role is put: what is common to all first, what varies last."""

from collections.abc import Sequence

from exchange.debate import replies
from exchange.debate.fence import Fences
from exchange.debate.rules import Slot, in_order
from exchange.debate.transcript import place, transcript
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
    common = _OF_DEBATERS | {"rules", "brief"}
    return {each for each in before if each.name in common} == {each for each in today if each.name in common}


class Questions:
    """Puts the questions of one debate."""

    def __init__(self, debate: str, setup: Setup, prompts: Prompts, fences: Fences) -> None:
        self._debate = debate
        self._setup = setup
        self._prompts = prompts
        self._fences = fences
        self._opening = _brief(setup.brief, prompts, fences)

    def turn(self, slot: Slot, turns: Sequence[Turn]) -> tuple[Question, tuple[PromptUsed, ...]]:
        """The question for the next turn, and the prompts that it is made of."""
        seat, speech = self._setup.seat(slot.role), self._setup.format.speech
        name = "rebuttal" if slot.round else slot.role.value
        values = {"arguments": str(speech.arguments), "role": slot.role.value}
        values["transcript"] = transcript(turns, self._fences)
        asked = self._prompts[name].fill(**{key: values[key] for key in _VARIABLES[name]})
        question = self._question(f"{seat.name}/{slot.ordinal}", seat.model, [asked], speech.max_tokens)
        offered = replies.speaking_schema(speech, self._setup.format.quotes, self._setup.brief)
        open_schema = replies.speaking_schema(speech, self._setup.format.quotes, None)
        question = question.model_copy(
            update={"schema_name": "turn", "reply_schema": offered, "open_schema": open_schema}
        )
        return question, used(self._prompts, "rules", "brief", name)

    def sitting(self, sitting: Sitting, turns: Sequence[Turn]) -> tuple[Question, tuple[PromptUsed, ...]]:
        """The question for a verdict, and the prompts that it is made of."""
        judging, rubric = self._setup.format.judging, self._setup.rubric
        name = _ASKED[sitting.when]
        values = {"transcript": transcript(in_order(turns, sitting.order), self._fences)} if _VARIABLES[name] else {}
        asked = [_rubric(rubric, self._prompts), self._prompts[name].fill(**values)]
        question = self._question(sitting.place, sitting.model, asked, judging.max_tokens)
        schema = replies.judgment_schema(rubric, judging.length)
        question = question.model_copy(update={"schema_name": "verdict", "reply_schema": schema, "open_schema": schema})
        return question, used(self._prompts, "rules", "brief", "rubric", name)

    def refuse_mark(self, slot: Slot, text: str) -> None:
        """Raises ReplyError for a text that contains the mark of the fence that the slot's turn will stand in."""
        self._fences.refuse_mark(place(slot.ordinal), text)

    def _question(self, place: str, model: str, parts: list[str], max_tokens: int) -> Question:
        return Question(
            debate=self._debate,
            place=place,
            model=model,
            messages=(
                Message(role="system", content=self._prompts["rules"].fill()),
                Message(role="user", content="\n\n".join([self._opening, *parts])),
            ),
            schema_name="",
            reply_schema={},
            open_schema={},
            max_tokens=max_tokens,
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

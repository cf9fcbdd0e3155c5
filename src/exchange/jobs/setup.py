"""Everything that is settled before the first call: pages, brief, format, rubric, models, prompts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from exchange.config import Settings, format_named, rubric_named
from exchange.debate.questions import heard_again, load_prompts, used
from exchange.domain.debate import Brief, Role, Seat
from exchange.domain.format import BriefSize, Format
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.neutral import neutral
from exchange.domain.setup import Setup
from exchange.errors import ConfigError, InputError
from exchange.evidence import brief
from exchange.llm.spec import EMBEDDED, Provider, parse, resolved
from exchange.store import debates, hypotheses, pages
from exchange.store.debates import StoredDebate
from exchange.store.engine import Store

_DEMONSTRATION = "quick"


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the command line names; None and empty where it names nothing.

    `baseline` asks for the panel without a debate too; `turns_of` is a debate whose turns judges are to hear again.
    """

    format: str | None = None
    rubric: str | None = None
    proposer: str | None = None
    critic: str | None = None
    judges: tuple[str, ...] = ()
    baseline: bool = False
    turns_of: str | None = None

    @property
    def any(self) -> bool:
        """Does it name anything?"""
        return self != Wishes()


def settle(store: Store, hypothesis: Hypothesis, wishes: Wishes, settings: Settings) -> Setup:
    """What a debate of the hypothesis would be held with.

    Raises SetupError, and InputError where no page gives passages to debate about.
    """
    if wishes.turns_of:
        return _heard_again(debates.debate(store, wishes.turns_of), wishes, settings)
    format_name = wishes.format or _default_format(wishes, settings)
    format = format_named(format_name)
    rubric_name = wishes.rubric or format.rubric
    made = brief_of(store, hypothesis, format.brief)
    if not made.passages:
        targets = ", ".join(hypothesis.targets) or "none"
        raise InputError(
            f"{hypothesis.id} has no passages to debate about: no stored page lists it, is about its targets ({targets}) "
            "or links to them. Import such a page, or name one in the hypothesis's `pages`."
        )
    seats = seats_of(format, wishes, settings)
    _refuse_few(format, seats)
    return Setup(
        format=format,
        rubric=rubric_named(rubric_name),
        brief=made,
        seats=seats,
        prompts=used(load_prompts()),
        baseline=wishes.baseline,
        format_file=_file(format_name),
        rubric_file=_file(rubric_name),
    )


def _heard_again(earlier: StoredDebate, wishes: Wishes, settings: Settings) -> Setup:
    """The debaters, the brief and the turns of the earlier debate, before judges as they are wished, or sat then."""
    before = earlier.setup
    if earlier.state != "finished" or before.origin:
        why = "was held elsewhere" if before.origin else f"is {earlier.state}, not finished"
        raise InputError(f"The debate {earlier.id} {why}: its turns cannot be heard again. Hold a whole debate.")
    format_name = wishes.format or before.format_file or before.format.name
    today = format_named(format_name)
    format = today if spoken_alike(before.format, today) else before.format
    rubric_name = wishes.rubric or before.rubric_file or before.rubric.name
    named = wishes.judges or tuple(seat.model for seat in before.judges)
    seats = (*(seat for seat in before.seats if seat.role is not Role.JUDGE), *_judges(named, settings))
    _refuse_few(format, seats)
    return Setup(
        format=format,
        rubric=rubric_named(rubric_name),
        brief=before.brief,
        seats=seats,
        prompts=heard_again(before.prompts, used(load_prompts())),
        baseline=wishes.baseline,
        format_file=_file(format_name),
        rubric_file=_file(rubric_name),
        turns_of=before.turns_of or earlier.id,
    )


def same_prompts(setup: Setup) -> bool:
    """Would the rest of its debate be asked with the prompts that it was begun with?"""
    today = used(load_prompts())
    return setup.prompts == (heard_again(setup.prompts, today) if setup.turns_of else today)


def spoken_alike(before: Format, today: Format) -> bool:
    """Would debaters speak under both by the same rules, so that the formats differ for judges alone?"""
    of_judges = {"version", "about", "demonstration", "quorum", "rubric", "judging", "models"}
    return before.model_dump(exclude=of_judges) == today.model_dump(exclude=of_judges)


def _refuse_few(format: Format, seats: Sequence[Seat]) -> None:
    judges = sum(seat.role is Role.JUDGE for seat in seats)
    if judges < format.quorum:
        raise ConfigError(
            f"The format {format.name} gives no score with fewer than {format.quorum} judges, and {judges} is named. "
            "Name more with --judge, or take another format."
        )


def brief_of(store: Store, hypothesis: Hypothesis, size: BriefSize) -> Brief:
    """The claim with the passages of all pages that the hypothesis concerns today. Raises BrokenDigest."""
    concerned = tuple({each.page: None for each in hypotheses.concerns(store, hypothesis=hypothesis.id)})
    return brief.make(hypothesis, pages.pages(store, concerned), size, neutral)


def _file(name: str) -> str | None:
    """Where a format or rubric lies that is named by its path."""
    return str(Path(name).absolute()) if name.endswith(".toml") else None


def scripted(setup: Setup) -> bool:
    """Does any role's model answer from a script? Who spoke in a debate that was held elsewhere is no model of ours."""
    return setup.origin is None and any(parse(model).provider is Provider.SCRIPTED for model in setup.models)


def demonstration(setup: Setup) -> bool:
    """Is the score one, by its format, a scripted role, or a judge that cannot judge?"""
    return setup.format.demonstration or scripted(setup) or any(judge.model == EMBEDDED for judge in setup.judges)


def _default_format(wishes: Wishes, settings: Settings) -> str:
    """The settings' format; the demonstration's where all models that are named run in this process."""
    named = [name for name in (wishes.proposer, wishes.critic, *wishes.judges) if name]
    embedded = bool(named) and all(parse(settings.model(name)).provider is Provider.LOCAL for name in named)
    return _DEMONSTRATION if embedded else settings.format


def seats_of(format: Format, wishes: Wishes, settings: Settings) -> tuple[Seat, ...]:
    """Who sits in a debate: as it is wished, and else as the format has it. Raises ConfigError, UnknownModel."""
    judges = wishes.judges or format.models.judges
    named = [
        ("proposer", Role.PROPOSER, wishes.proposer or format.models.proposer),
        ("critic", Role.CRITIC, wishes.critic or format.models.critic),
    ]
    debaters = (Seat(name=name, role=role, model=resolved(settings.model(model))) for name, role, model in named)
    return (*debaters, *_judges(judges, settings))


def _judges(models: Sequence[str], settings: Settings) -> Iterator[Seat]:
    for number, model in enumerate(models, start=1):
        yield Seat(name=f"judge-{number}", role=Role.JUDGE, model=resolved(settings.model(model)))

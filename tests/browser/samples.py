"""A page, related hypotheses and tear-sheets that show all there is to show; every word of theirs may be another."""

from collections.abc import Sequence

from exchange.config import bands, rubric_named
from exchange.domain.bands import Certainty
from exchange.domain.debate import Check, Role
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.page import Page
from exchange.domain.relation import Direction, Reason, Relation
from exchange.domain.score import CriterionScore, JudgeScore, Score, State
from exchange.domain.verdict import Verdict
from exchange.pages.history import told
from exchange.pages.parse import parse
from exchange.pages.points import points
from exchange.pages.related import Like, Related, RelatedHypothesis, shown
from exchange.pages.tearsheet import TearSheet, best
from tests.builders import passage, sitting, turn, verdict
from tests.conftest import ROOT

SITE = "https://wiki.example"
WHY = Relation("h-0e9a3b1c", 0.95, (Reason("subject", ("PLIN2",)),))


def page() -> Page:
    """A page with an infobox beside all that the example has."""
    text = (ROOT / "examples" / "pages" / "genes-plin2.md").read_text(encoding="utf-8")
    rows = (("Symbol", "PLIN2"), ("Family", "[perilipins](/families/perilipin)"))
    return parse(text, "genes-plin2").model_copy(update={"infobox": rows})


def score(value: float, certainty: Certainty, state: State = State.SCORED, **known: object) -> Score:
    of: dict[str, object] = dict(
        state=state, value=value, low=value - 0.15, high=min(value + 0.18, 1), certainty=certainty
    )
    neighbour = "green" if certainty is Certainty.OPEN else None
    return Score.model_validate(of | dict(neighbour=neighbour, policy="cold 2", policy_digest="") | known)


def event(made: Score, day: int = 20, **known: object) -> ScoreEvent:
    at = f"2026-11-{day:02}T09:00:00.000000+00:00"
    of: dict[str, object] = dict(hypothesis="h-0e9a3b1c", cause=Cause.FIRST_DEBATE, score=made, at=at)
    return ScoreEvent.model_validate(of | dict(debate="d-00000000000a", format="panel") | known)


def related() -> Related:
    """One of each: firm, leaning, open, contested, demonstration, imported, without a number, not debated, out of date."""
    no_number = Score(state=State.INSUFFICIENT, reason="too few judges", policy="cold 2", policy_digest="")
    imported = Score(state=State.SCORED, value=0.66, policy="imported", policy_digest="")
    events: tuple[tuple[str, ScoreEvent | None], ...] = (
        ("PLIN2 lets astrocytes hold inflammatory lipids", event(score(0.81, Certainty.FIRM, outcomes=40))),
        ("Blocking PLIN2 restores microglial clearance", event(score(0.68, Certainty.LEANING))),
        ("Droplets carry APOE between cells", event(score(0.57, Certainty.OPEN))),
        ("PLIN2 slows remyelination", event(score(0.5, Certainty.OPEN, State.CONTESTED))),
        ("PLIN2 marks tired microglia", event(score(0.21, Certainty.FIRM))),
        ("PLIN2 binds iron", event(score(0.3, Certainty.LEANING), demonstration=True, scripted=True)),
        ("Lipid droplets as a metabolic circuit breaker", event(imported, origin="a wiki", debate=None)),
        ("PLIN2 is lost with age", event(no_number)),
        ("PLIN2 ends inflammation", None),
    )
    changed = {"Blocking PLIN2 restores microglial clearance": ("claim", "policy")}
    items = [_shown(title, found, changed.get(title, ()), place) for place, (title, found) in enumerate(events)]
    like = Like(
        id="h-0e9a3bff", title="PLIN2 lets the astrocytes hold lipids", url=f"{SITE}/hypothesis/h-0e9a3bff", value=0.7
    )
    items[0] = items[0].model_copy(update=dict(direction=Direction.RAISES, opposes=items[1].id, like=(like,)))
    items[1] = items[1].model_copy(update=dict(direction=Direction.LOWERS, opposes=items[0].id))
    return Related(slug="genes-plin2", hypotheses=tuple(items), damaged=("h-00000009",))


def _shown(title: str, found: ScoreEvent | None, changed: tuple[str, ...], place: int = 28) -> RelatedHypothesis:
    about = Hypothesis(id=f"h-0e9a3b{place:02x}", title=title, targets=("PLIN2",))
    return shown(about, found, (), WHY, SITE, bands(), changed)


def items(words: Sequence[str]) -> Related:
    """A hypothesis for each of the words, which are its title, target, reasons, caution, debate, neighbour and address."""
    plain = _shown("Title", event(score(0.57, Certainty.OPEN)), ())
    found = (
        plain.model_copy(
            update=dict(
                title=each,
                targets=(each,),
                reasons=(each,),
                caution=each,
                debate=each,
                neighbour=each,
                url=each,
                at=each,
                like=(Like.model_construct(id=each, title=each, url=each, value=0.5),),
                opposes=each,
            )
        )
        for each in words
    )
    return Related(slug="a", hypotheses=tuple(found))


def sheet(words: str | None = None, rubric: str = "therapeutic", history: bool = True) -> TearSheet:
    """A debate of three judges of which one differs; `words` stand for all that anybody may have written."""
    text = (
        words
        or "Astrocytes that cannot form droplets take up fewer of these lipids, and the neurons beside them die sooner"
    )
    made = _panel(words, rubric)
    about = Hypothesis.model_construct(
        id="h-0e9a3b1c", title=words or "PLIN2 lets astrocytes hold inflammatory lipids", statement=text, targets=()
    )
    events = (
        event(
            Score(state=State.SCORED, value=0.66, policy="imported", policy_digest=""), 1, origin="a wiki", debate=None
        ),
        event(score(0.4, Certainty.OPEN), 3, demonstration=True),
        event(score(0.55, Certainty.LEANING), 9),
        event(made, 20),
    )
    passages = [passage(number, text).model_copy(update=dict(page=words or "genes-plin2")) for number in range(1, 7)]
    turns = [
        turn(number, role, text, f"{text} {number}", check, number)
        for number, (role, check) in enumerate(
            [
                (Role.PROPOSER, Check.VERIFIED),
                (Role.CRITIC, Check.VERIFIED),
                (Role.PROPOSER, Check.MISQUOTED),
                (Role.CRITIC, Check.UNQUOTED),
                (Role.PROPOSER, Check.VERIFIED),
                (Role.CRITIC, Check.VERIFIED),
            ],
            start=1,
        )
    ]
    finals = [_verdict(f"judge-{number}", credence, text, rubric) for number, credence in ((1, 72), (2, 65), (3, 31))]
    standing = shown(about, events[-1], (), WHY, SITE, bands(), ("claim",)).model_copy(
        update=dict(targets=(words or "PLIN2",), **({"url": words, "caution": words} if words else {}))
    )
    return TearSheet(
        standing=standing,
        claim=text,
        history=told(about, list(enumerate(events, 1)) if history else [], bands()),
        score=made,
        pro=best(turns, passages, Role.PROPOSER),
        con=best(turns, passages, Role.CRITIC),
        points=points(made, turns, finals, bands()),
    )


def _verdict(seat: str, credence: int, text: str, rubric: str) -> Verdict:
    made = verdict(sitting(seat), credence, rubric=rubric_named(rubric))
    return made.model_copy(
        update=dict(reason=text, ratings=tuple(each.model_copy(update=dict(reason=text)) for each in made.ratings))
    )


def _panel(words: str | None, rubric: str) -> Score:
    criteria = tuple(
        CriterionScore(
            name=each.name,
            label=words or each.label,
            weight=each.weight,
            value=0.3 + 0.06 * place,
            spread=0.05 + 0.01 * place,
        )
        for place, each in enumerate(rubric_named(rubric).criteria)
    )
    judges = tuple(
        JudgeScore(
            seat=f"judge-{number}",
            model=words or f"openai:model-{number}",
            prior=0.5,
            final=final,
            shift=0.1,
            by_order={},
        )
        for number, final in ((1, 0.72), (2, 0.65), (3, 0.31))
    )
    return score(0.57, Certainty.OPEN, criteria=criteria, judges=judges, prior=0.5, shift=0.07, composite=0.6, flips=1)

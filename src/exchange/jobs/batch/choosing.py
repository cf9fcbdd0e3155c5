"""Which hypotheses a batch is about, why, and what each needs: nothing is called, nothing is stored."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from exchange.config import Settings, bands
from exchange.debate.questions import load_prompts
from exchange.domain.event import Basis, Cause
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.identity import digest
from exchange.domain.neutral import line, neutral
from exchange.domain.page import Page
from exchange.domain.policy import COLD
from exchange.domain.score import State
from exchange.domain.work import Asked, Kind
from exchange.errors import BrokenDigest, NotFound, SetupError
from exchange.evidence import brief
from exchange.jobs.batch.forms import Form, Forms
from exchange.store import clock, hypotheses, pages, policies
from exchange.store.engine import Store
from exchange.store.records import read
from exchange.store.standings import Standing, standings

DAMAGED = "damaged: `exchange verify --all` names what is not as it was stored"
UNDEBATED, STRADDLES, OLD, NAMED, FAILED = "never debated", "over a band's edge", "old", "named", "failed"
_DAY = 86_400.0
_PAGES_KEPT, _TEXTS_KEPT = 512, 50_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A hypothesis that is chosen: what for, and why; `heard` is the debate whose turns judges hear again.

    `straddles`: its interval lies over a band's edge. `views` are those of its pages, `at` is when it was last scored, ""
    where it never was. `form` is what its debate was held with, None where there was none.
    """

    hypothesis: str
    kind: Kind
    reasons: tuple[str, ...]
    heard: str | None
    straddles: bool
    views: int
    at: str
    form: Form | None

    @property
    def worth(self) -> tuple[object, ...]:
        """What is worth more sorts first: over an edge, then views, then age."""
        return not self.straddles, -self.views, self.at, self.hypothesis


@dataclass(kw_only=True)
class Choice:
    """What was chosen, by worth; how many hypotheses were looked at, and why others were left out."""

    candidates: list[Candidate] = field(default_factory=list)
    looked_at: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def choose(
    store: Store,
    asked: Asked,
    settings: Settings,
    ids: Collection[str] | None = None,
    views: Mapping[str, int] | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Choice:
    """Looks at every hypothesis that may be meant. `ids` are those that are named, `views` says how often a page is read.

    Raises NotFound for an id that is not stored, SetupError for prompts and bands that cannot be read. What is damaged is left out.
    """
    choosing = _Choosing(store, asked, settings, views or {})
    found, missing = Choice(), set(ids or ())
    target = asked.chosen.target.casefold() if asked.chosen.target else None

    def wanted(name: str, record: str) -> bool:
        if ids is not None and name not in ids:
            return False
        missing.discard(name)
        if target is None:
            return True
        try:
            return target in [each.casefold() for each in _hypothesis(name, record).targets]
        except BrokenDigest:
            found.left_out[DAMAGED] += 1
            return False

    for chunk in standings(store, wanted):
        for candidate in choosing.of(chunk, found.left_out):
            found.candidates.append(candidate)
        found.looked_at += len(chunk)
        told(found.looked_at)
    if missing:
        raise NotFound(f"{len(missing)} of the hypotheses that are named are not stored, as {min(missing)}.")
    found.candidates.sort(key=lambda each: each.worth)
    del found.candidates[asked.chosen.limit or len(found.candidates) :]
    return found


class _Choosing:
    """What is the same for all hypotheses."""

    def __init__(self, store: Store, asked: Asked, settings: Settings, views: Mapping[str, int]) -> None:
        self._store, self._asked, self._views = store, asked, views
        self._policy = policies.digest_in_force(store) or COLD.digest
        self._forms = Forms(asked, settings, load_prompts())
        self._edges = [edge for edge in bands().edges.values() if edge > 0]
        chosen = asked.chosen
        self._before = clock.ago(chosen.older_than * _DAY) if chosen.older_than is not None else None
        self._narrowed_only = not (chosen.out_of_date or chosen.straddlers or chosen.undebated)
        self._named = chosen.target is not None or chosen.ids is not None
        self._page = lru_cache(maxsize=_PAGES_KEPT)(self._read)
        self._clean = lru_cache(maxsize=_TEXTS_KEPT)(neutral)

    def of(self, chunk: list[Standing], left_out: Counter[str]) -> Iterator[Candidate]:
        """The candidates among these."""
        concerned: dict[str, dict[str, None]] = {}
        for each in hypotheses.concerns(self._store, among=[each.hypothesis for each in chunk]):
            concerned.setdefault(each.hypothesis, {})[each.page] = None
        for standing in chunk:
            try:
                candidate = self._candidate(standing, tuple(sorted(concerned.get(standing.hypothesis, ()))))
            except SetupError as error:
                left_out[str(error)] += 1
                continue
            except BrokenDigest:
                left_out[DAMAGED] += 1
                continue
            if isinstance(candidate, str):
                left_out[candidate] += 1
            elif candidate:
                yield candidate

    def _candidate(self, standing: Standing, slugs: tuple[str, ...]) -> Candidate | str | None:
        """The candidate; a reason why it is left out although it may be meant; or None where it is not meant."""
        event, setup = standing.event, standing.setup
        if standing.damaged:
            return DAMAGED
        own = event is not None and event["basis"] is not None and setup is not None and not setup.get("origin")
        if event is not None and event["cause"] == Cause.WITHDRAWN:
            return "withdrawn"
        form = self._forms.of(setup) if own and setup else None
        reasons = self._reasons(standing, form, slugs)
        if not reasons:
            return None
        parts = [each for each in reasons if each in Basis.model_fields]
        kind = self._asked.chosen.kind or _kind(parts, form, event)
        if form is None and kind is not Kind.DEBATE:
            return f"--kind {kind} needs a debate that was held here"
        if not slugs and kind is Kind.DEBATE:
            return "no stored page gives it passages to debate about"
        return Candidate(
            hypothesis=standing.hypothesis,
            kind=kind,
            reasons=tuple(reasons),
            heard=event["debate"] if event and kind is Kind.JUDGES else None,
            straddles=self._straddles(event),
            views=sum(self._views.get(slug, 0) for slug in slugs),
            at=_last(standing),
            form=form,
        )

    def _reasons(self, standing: Standing, form: Form | None, slugs: tuple[str, ...]) -> list[str]:
        chosen, event, found = self._asked.chosen, standing.event, list[str]()
        if form is None:
            # What was imported, or resolved, or nothing at all: no debate was held here.
            tried = standing.latest is not None and not standing.latest["origin"]
            wanted = (chosen.undebated and not tried) or (self._narrowed_only and self._named)
            return [UNDEBATED] if wanted else []
        if event is None or (self._before and _last(standing) >= self._before):
            return []
        if chosen.out_of_date or self._narrowed_only:
            found += self._differing(standing, event, form, slugs)
        if chosen.straddlers and self._straddles(event):
            found.append(STRADDLES)
        return found or ([OLD if self._before else NAMED] if self._narrowed_only else [])

    def _differing(self, standing: Standing, event: dict[str, Any], form: Form, slugs: tuple[str, ...]) -> list[str]:
        """The parts of the basis that differ today, in its order.

        None do where a later debate, which displaced nothing, rests on what there is today: it need not be held again.
        """
        hypothesis = _hypothesis(standing.hypothesis, standing.record)
        today = form.parts | dict(
            claim=Basis.of_claim(line(hypothesis.claim)),
            entities=Basis.of_entities([line(target) for target in hypothesis.targets]),
            evidence=self._evidence(hypothesis, form, slugs),
            policy=self._policy,
        )
        if standing.latest and standing.latest["basis"] == today:
            return []
        return [part for part in Basis.model_fields if event["basis"][part] != today[part]]

    def _evidence(self, hypothesis: Hypothesis, form: Form, slugs: tuple[str, ...]) -> str:
        found = [page for slug in slugs if (page := self._page(slug))]
        made = brief.make(hypothesis, found, form.format.brief, self._clean)
        return digest([passage.model_dump(mode="json") for passage in made.passages])

    def _read(self, slug: str) -> Page | None:
        return next(iter(pages.pages(self._store, (slug,))), None)

    def _straddles(self, event: dict[str, Any] | None) -> bool:
        low, high = (event["score"].get(end) if event else None for end in ("low", "high"))
        return low is not None and high is not None and any(low < edge <= high for edge in self._edges)


def _hypothesis(name: str, record: str) -> Hypothesis:
    return read(Hypothesis, record, f"The hypothesis {name}")


def _last(standing: Standing) -> str:
    """When the hypothesis was last scored, whether that displaced what stood or not; "" if never."""
    return max((event["at"] for event in (standing.event, standing.latest) if event), default="")


def _kind(parts: list[str], form: Form | None, event: dict[str, Any] | None) -> Kind:
    """The least that makes the score up to date; new verdicts where nothing differs."""
    if form is None or event is None or event["score"]["state"] == State.FAILED:
        return Kind.DEBATE
    if parts == ["policy"]:
        return Kind.POLICY
    return Kind.JUDGES if set(parts) <= form.judges_suffice | {"policy"} else Kind.DEBATE

"""The grounds on which hypotheses concern a page, as far as entities tell."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from exchange.domain.relation import Reason, Why
from exchange.relating.weights import WEAK, WEIGHTS, Ground

_GENES = frozenset({"genes", "proteins"})
_DISEASES = frozenset({"diseases"})
# Of a middle that joins a page to more hypotheses than this, or to more entities, being joined by it says little.
_FEW_STEPS, _FEW_CLAIMS, _HUB = 10, 25, 50
_COMMON_COUNT, _COMMON_SHARE = 10, 0.05
_NAMES_IT, _OTHERWISE = 0.6, 0.42
_Found = Iterator[tuple[str, Ground]]


@dataclass(frozen=True, kw_only=True)
class Entities:
    """What is known of entities, by the numbers of their rows.

    `beside` are those that each goes with; `links` what the page about each links to; `common` those that so many pages have
    that to have them too joins a page to nothing.
    """

    names: Mapping[int, str]
    paths: Mapping[int, str]
    beside: Mapping[int, Set[int]] = field(default_factory=dict)
    links: Mapping[int, Set[int]] = field(default_factory=dict)
    common: Set[int] = frozenset()

    def of_kind(self, entities: Set[int], kinds: Set[str]) -> set[int]:
        """Those of these kinds, as links write kinds."""
        return {each for each in entities if self.paths.get(each) in kinds}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A page: the entity that it is about, those that it links to, those that its text names; apart from each other."""

    own: int | None = None
    linked: Set[int] = frozenset()
    named: Set[int] = frozenset()

    @property
    def all(self) -> set[int]:
        """Every entity that it has."""
        return {*self.linked, *self.named, *(() if self.own is None else (self.own,))}


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Hypotheses by the entities that they target, and by those that their claims name beside."""

    targeting: Mapping[int, Sequence[str]]
    naming: Mapping[int, Sequence[str]]

    @classmethod
    def of(cls, targets: Mapping[str, Set[int]], names: Mapping[str, Set[int]]) -> "Claims":
        """From each hypothesis's targets and names."""
        return cls(targeting=_turned(targets), naming=_turned(names))


def common(pages: Iterable[Subject]) -> frozenset[int]:
    """The entities that more than a twentieth of the pages link to or name, and more than ten."""
    counts: Counter[int] = Counter()
    number = 0
    for number, page in enumerate(pages, start=1):  # noqa: B007 # how many there were
        counts.update(page.linked)
        counts.update(page.named)
    most = max(_COMMON_COUNT, _COMMON_SHARE * number)
    return frozenset(entity for entity, count in counts.items() if count > most)


def grounds(page: Subject, claims: Claims, known: Entities) -> dict[str, list[Ground]]:
    """Each hypothesis that has any ground to concern the page, with all of them.

    A gene that the page has, and that is no target, weakens what joins a hypothesis over a disease or a second page: such a
    page speaks of the same disease with another gene.
    """
    found: dict[str, list[Ground]] = defaultdict(list)
    alone = not known.of_kind(page.all, _GENES)
    for way in (_targets(page, claims, known), _named_by_claims(page, claims, known)):
        for hypothesis, ground in way:
            found[hypothesis].append(ground)
    direct = frozenset(found)
    for way in (_beside(page, claims, known, alone), _two_steps(page, claims, known, alone)):
        for hypothesis, ground in way:
            if hypothesis not in direct or ground.reason.why != Why.TWO_STEPS:
                found[hypothesis].append(ground)
    return found


def _targets(page: Subject, claims: Claims, known: Entities) -> _Found:
    """Its target is what the page is about, links to or names."""
    for entity, why in _having(page, Why.SUBJECT, Why.LINKED, Why.NAMED):
        for hypothesis in claims.targeting.get(entity, ()):
            yield hypothesis, Ground(WEIGHTS[why], Reason(why, (known.names[entity],)))


def _named_by_claims(page: Subject, claims: Claims, known: Entities) -> _Found:
    """Its claim names what the page is about, or something other than a disease that the page links to."""
    diseases = known.of_kind(page.linked, _DISEASES)
    for entity, why in _having(page, Why.CLAIMED, Why.CLAIM_LINKED, None):
        if why == Why.CLAIM_LINKED and (entity in diseases or entity in known.common):
            continue
        naming = claims.naming.get(entity, ())
        weight = WEIGHTS[why] if len(naming) <= _FEW_CLAIMS else WEAK
        for hypothesis in naming:
            yield hypothesis, Ground(weight, Reason(why, (known.names[entity],)))


def _beside(page: Subject, claims: Claims, known: Entities, alone: bool) -> _Found:
    """Its target goes with what the page is about, or with a disease that the page links to or names."""
    diseases, here = known.of_kind(page.all, _DISEASES), page.all
    for entity, why in _having(page, Why.GOES_WITH_SUBJECT, Why.GOES_WITH_LINKED, Why.GOES_WITH_NAMED):
        if entity != page.own and (entity not in diseases or entity in known.common):
            continue
        naming = frozenset(claims.naming.get(entity, ()))
        reached = [
            (target, hypothesis)
            for target in sorted(known.beside.get(entity, frozenset()) - here)
            for hypothesis in claims.targeting.get(target, ())
        ]
        few = len(reached) <= _FEW_STEPS
        for target, hypothesis in reached:
            weight = _through(why, hypothesis in naming, alone, few)
            yield hypothesis, Ground(weight, Reason(why, (known.names[target], known.names[entity])))


def _through(why: Why, names_it: bool, alone: bool, few: bool) -> float:
    """What an association is worth: by how the page has the entity, whether the claim names it too, and what else is there."""
    if why == Why.GOES_WITH_SUBJECT:
        return _NAMES_IT if names_it else _OTHERWISE if alone and few else WEAK
    strong = alone and (names_it or (why == Why.GOES_WITH_LINKED and few))
    return _OTHERWISE if strong else WEAK


def _two_steps(page: Subject, claims: Claims, known: Entities, alone: bool) -> _Found:
    """Its target goes with something that the page's subject goes with; or stands on a page that this one links to."""
    here = page.all
    own = frozenset() if page.own is None else known.beside.get(page.own, frozenset())
    ways = [(Why.TWO_STEPS, middle, known.beside.get(middle, frozenset()) - own) for middle in sorted(own)]
    ways += [(Why.NEXT_PAGE, middle, known.links.get(middle, frozenset())) for middle in sorted(page.linked)]
    for why, middle, ends in ways:
        if len(ends) > _HUB or middle in known.common:
            continue
        reached = [(end, each) for end in sorted(ends - here) for each in claims.targeting.get(end, ())]
        weight = WEIGHTS[why] if alone and len(reached) <= _FEW_STEPS else WEAK
        for end, hypothesis in reached:
            yield hypothesis, Ground(weight, Reason(why, (known.names[end], known.names[middle])))


def _having(page: Subject, about: Why, linked: Why, named: Why | None) -> Iterator[tuple[int, Why]]:
    """Each entity that the page has, once, with the reason that goes with how it has it."""
    if page.own is not None:
        yield page.own, about
    yield from ((each, linked) for each in sorted(page.linked) if each != page.own)
    if named:
        yield from ((each, named) for each in sorted(page.named) if each != page.own and each not in page.linked)


def _turned(sets: Mapping[str, Set[int]]) -> dict[int, list[str]]:
    turned: dict[int, list[str]] = defaultdict(list)
    for hypothesis, entities in sets.items():
        for entity in entities:
            turned[entity].append(hypothesis)
    return turned

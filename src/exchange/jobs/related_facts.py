"""What relations are made from, of a whole store, and the relations of one page."""

from collections.abc import Iterator, Set
from itertools import chain

from exchange.domain.page import Page
from exchange.domain.relation import FLOOR, Reason, Relation, Why
from exchange.relating import texts
from exchange.relating.page import Claims, Entities, Subject, common, grounds
from exchange.relating.texts import Lexicon
from exchange.relating.weights import WEAK, WEIGHTS, Ground, relation
from exchange.store import hypotheses, pages, relations
from exchange.store.engine import Transaction
from exchange.store.relations import DuePage

# What all texts say is learned from so many pages and as many claims.
_SAMPLE = 4_000
_BY_WORDS_ALONE = 0.5


class Facts:
    """Entities, names, links and associations of a store, as they stood when it was made; texts are read when they are wanted."""

    def __init__(self, transaction: Transaction) -> None:
        self.pages = relations.every_page(transaction)
        self._linked, self._named = relations.linked(transaction), relations.named(transaction)
        self._targets, self._names = relations.targets(transaction), relations.named_by_claims(transaction)
        self._claims = Claims.of(self._targets, self._names)
        self._listings = relations.listings(transaction)
        names, paths = relations.entities(transaction)
        links = {page.own: self._linked.get(page.row, frozenset()) for page in self.pages if page.own is not None}
        often = common(map(self._subject, self.pages))
        beside = relations.beside(transaction)
        self._known = Entities(names=names, paths=paths, beside=beside, links=links, common=often)
        self._lexicon = Lexicon.of(_sample(transaction))
        self._aimless = self._without_targets(transaction)

    def relations(self, transaction: Transaction, page: DuePage) -> list[Relation]:
        """The page's relations that reach the floor."""
        found = grounds(self._subject(page), self._claims, self._known)
        for name, ground in self._by_words(transaction, page, found):
            found.setdefault(name, []).append(ground)
        listed = self._listings.get(page.slug, {})
        for name, reason in listed.items():
            if reason:
                found.setdefault(name, []).append(Ground(WEIGHTS[Why(reason.why)], reason))
        never = {name for name, reason in listed.items() if reason is None}
        made = (relation(name, each) for name, each in found.items() if name not in never)
        return [each for each in made if each.relevance >= FLOOR]

    def reached(self, hypotheses: Set[str]) -> Iterator[DuePage]:
        """The pages that are not due and that these hypotheses may concern, over two steps at most, or by their words."""
        aims = set(chain.from_iterable(self._targets.get(each, ()) for each in hypotheses))
        beside = self._known.beside
        near = set(chain.from_iterable(beside.get(each, ()) for each in aims))
        far = set(chain.from_iterable(beside.get(each, ()) for each in near))
        named = chain.from_iterable(self._names.get(each, ()) for each in hypotheses)
        before = {entity for entity, links in self._known.links.items() if not aims.isdisjoint(links)}
        entities = {*aims, *near, *far, *named, *before}
        aimless = not self._aimless.keys().isdisjoint(hypotheses)
        for page in self.pages:
            listed = self._listings.get(page.slug, {}).keys()
            if not page.due and (
                aimless or not listed.isdisjoint(hypotheses) or not entities.isdisjoint(self._all(page))
            ):
                yield page

    def _subject(self, page: DuePage) -> Subject:
        linked, named = self._linked.get(page.row, frozenset()), self._named.get(page.row, frozenset())
        return Subject(own=page.own, linked=linked, named=named)

    def _all(self, page: DuePage) -> set[int]:
        return self._subject(page).all

    def _by_words(
        self, transaction: Transaction, page: DuePage, found: dict[str, list[Ground]]
    ) -> Iterator[tuple[str, Ground]]:
        """Claims whose words the page has: of those without a linked target by that alone, of others as a support."""
        weak = [name for name, grounds in found.items() if all(each.weight < FLOOR for each in grounds)]
        candidates = dict.fromkeys(weak, WEAK) | dict.fromkeys(self._aimless, _BY_WORDS_ALONE)
        if not candidates or not self._lexicon.enough:
            return
        passages = _passages(pages.of_row(transaction, page.row))
        known = frozenset[str]().union(*passages)
        claims = self._aimless | self._words(transaction, weak)
        for name, weight in candidates.items():
            if len(claims[name] & known) >= texts.FEWEST_WORDS and (
                shared := texts.shared(claims[name], passages, self._lexicon)
            ):
                yield name, Ground(weight, Reason(Why.WORDS, shared))

    def _words(self, transaction: Transaction, names: list[str]) -> dict[str, frozenset[str]]:
        """The words of each claim that are no entity's."""
        read = hypotheses.stored_ones(transaction, names) if names else ()
        return {each.id: texts.words(each.claim) - self._words_of_entities(each.id, each.targets) for each in read}

    def _words_of_entities(self, name: str, targets: tuple[str, ...]) -> frozenset[str]:
        entities = (*self._targets.get(name, ()), *self._names.get(name, ()))
        return texts.words(" ".join((*targets, *(self._known.names[each] for each in entities))))

    def _without_targets(self, transaction: Transaction) -> dict[str, frozenset[str]]:
        """The hypotheses none of whose targets is an entity that is known, with the words of their claims."""
        return self._words(transaction, hypotheses.without_entities(transaction))


def _passages(page: Page) -> list[frozenset[str]]:
    return [texts.words(text) for text in (page.title, *(passage.text for passage in page.passages))]


def _sample(transaction: Transaction) -> Iterator[str]:
    """Texts of pages and claims, the first of each by row."""
    for page in pages.some(transaction, _SAMPLE):
        yield " ".join((page.title, *(passage.text for passage in page.passages)))
    for hypothesis in hypotheses.some(transaction, _SAMPLE):
        yield hypothesis.claim

"""What is stored -> which hypotheses concern which pages, and why: made when either changes, so that a page need only look."""

from collections.abc import Iterator, Sequence, Set

from exchange.domain.alias import Alias
from exchange.domain.relation import Relation
from exchange.errors import InputError
from exchange.jobs.claims import read_claims
from exchange.jobs.naming import Ambiguity, link_pages, link_targets
from exchange.jobs.related_facts import Facts
from exchange.jobs.taking_turns import Turn, turn
from exchange.store import entities, hypotheses, linking, pages, relations
from exchange.store.engine import Store
from exchange.store.relations import DuePage

_CHUNK = 100
# Where so many hypotheses are due, all pages are gone through as if they were.
_MANY = 1_000
_BY_HAND = "a curator put it here"


def relate(store: Store, mine: Turn) -> int:
    """Makes the relations of all that is due; how many pages were looked at.

    A page that is due is compared with every hypothesis, every other page with the hypotheses that are due. What was done
    when this is stopped stays done, and the rest stays due.
    """
    with store.reading() as transaction:
        due = relations.due_hypotheses(transaction)
        if not relations.anything_due(transaction):
            return 0
        facts = Facts(transaction)
    many = len(due) > _MANY
    looked_at = [page for page in facts.pages if page.due or many]
    for start in range(0, len(looked_at), _CHUNK):
        mine.keep()
        _replace(store, facts, looked_at[start : start + _CHUNK])
    others = [] if many or not due else list(facts.reached(due.keys()))
    if not many:
        _add(store, facts, others, due.keys(), mine)
    with store.writing() as transaction:
        relations.hypotheses_done(transaction, due)
    return len(looked_at) + len(others)


def catch_up(store: Store) -> int:
    """Links, reads and relates all that is due; how many pages were looked at. Raises Conflict."""
    with turn(store) as mine:
        link(store)
        return relate(store, mine)


def relate_anew(store: Store) -> int:
    """The same of all that is stored, as if nothing were linked, read or related yet."""
    with turn(store) as mine:
        with store.writing() as transaction:
            relations.set_due(transaction, claims=True)
        link(store)
        return relate(store, mine)


def link(store: Store, before: Sequence[Alias] | None = None) -> list[Ambiguity]:
    """Finds what the texts of pages and claims name, of those that are due, or have a name that came, went or changed.

    `before` are the names that there were when all others were linked, as far as that is known: where texts are not known
    to be linked by them, all are linked anew.
    """
    with store.reading() as transaction:
        due = relations.due_pages(transaction)
        known = before
        if known is None and linking.up_to_date(transaction, names := entities.aliases(transaction)):
            known = names
    found = link_pages(store, due if known is not None else None, known) + link_targets(store)
    read_claims(store, () if known is None else known)
    linking.linked(store)
    return found


def decide(store: Store, hypothesis: str, page: str, because: str | None, never: bool) -> tuple[str, str]:
    """A curator's word that the hypothesis concerns the page, or never does; both by id and slug.

    Raises NotFound, and InputError for a reason without words.
    """
    if because is not None and not because.strip():
        raise InputError("--because was given without words. Say why, or leave it out.")
    name, slug = hypotheses.hypothesis(store, hypothesis).id, pages.page(store, page).slug
    with store.writing() as transaction:
        relations.decide(transaction, slug, name, " ".join((because or _BY_HAND).split()), never)
    catch_up(store)
    return name, slug


def _replace(store: Store, facts: Facts, chunk: Sequence[DuePage]) -> None:
    with store.reading() as transaction:
        found = [(page, facts.relations(transaction, page)) for page in chunk]
    with store.writing() as transaction:
        for page, related in found:
            relations.replace(transaction, page.row, related)
        relations.pages_done(transaction, [page for page in chunk if page.due])


def _add(store: Store, facts: Facts, others: Sequence[DuePage], due: Set[str], mine: Turn) -> None:
    """All relations of the hypotheses that are due, to the pages that are not."""
    found = list(_of_some(store, facts, others, due, mine))
    with store.writing() as transaction:
        relations.forget(transaction, due, {page.row for page in facts.pages if page.due})
        for page, related in found:
            relations.add(transaction, page.row, related)


def _of_some(
    store: Store, facts: Facts, others: Sequence[DuePage], due: Set[str], mine: Turn
) -> Iterator[tuple[DuePage, list[Relation]]]:
    for start in range(0, len(others), _CHUNK):
        mine.keep()
        with store.reading() as transaction:
            for page in others[start : start + _CHUNK]:
                related = [each for each in facts.relations(transaction, page) if each.hypothesis in due]
                if related:
                    yield page, related

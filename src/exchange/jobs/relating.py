"""What is stored -> which hypotheses concern which pages, and why: made when either changes, so that a page need only look."""

from collections.abc import Iterator, Sequence, Set

from exchange.domain.relation import Relation
from exchange.errors import InputError
from exchange.jobs.claims import read_claims
from exchange.jobs.related_facts import Facts
from exchange.store import entities, hypotheses, pages, relations
from exchange.store.engine import Store
from exchange.store.relations import DuePage

_CHUNK = 100
# Where so many hypotheses are due, all pages are gone through as if they were.
_MANY = 1_000


def relate(store: Store) -> int:
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
        _replace(store, facts, looked_at[start : start + _CHUNK])
    others = [] if many or not due else list(facts.reached(due.keys()))
    if not many:
        _add(store, facts, others, due.keys())
    with store.writing() as transaction:
        relations.hypotheses_done(transaction, due)
    return len(looked_at) + len(others)


def catch_up(store: Store) -> int:
    """Reads the claims of all hypotheses that are due, then relates; how many pages were looked at."""
    with store.reading() as transaction:
        names = entities.aliases(transaction)
    read_claims(store, names)
    return relate(store)


def relate_anew(store: Store) -> int:
    """The same of all that is stored, as if nothing were read or related yet."""
    with store.writing() as transaction:
        relations.set_due(transaction, hypotheses=True)
    return catch_up(store)


def decide(store: Store, hypothesis: str, page: str, because: str | None, never: bool) -> tuple[str, str]:
    """A curator's word that the hypothesis concerns the page, or never does; both by id and slug.

    Raises NotFound, and InputError for a reason without words.
    """
    if because is not None and not because.strip():
        raise InputError("--because was given without words. Say why, or leave it out.")
    name, slug = hypotheses.hypothesis(store, hypothesis).id, pages.page(store, page).slug
    with store.writing() as transaction:
        relations.decide(transaction, slug, name, because and " ".join(because.split()), never)
    relate(store)
    return name, slug


def _replace(store: Store, facts: Facts, chunk: Sequence[DuePage]) -> None:
    with store.reading() as transaction:
        found = [(page, facts.relations(transaction, page)) for page in chunk]
    with store.writing() as transaction:
        for page, related in found:
            relations.replace(transaction, page.row, related)
        relations.pages_done(transaction, [page for page in chunk if page.due])


def _add(store: Store, facts: Facts, others: Sequence[DuePage], due: Set[str]) -> None:
    """All relations of the hypotheses that are due, to the pages that are not."""
    found = list(_of_some(store, facts, others, due))
    with store.writing() as transaction:
        relations.forget(transaction, due, {page.row for page in facts.pages if page.due})
        for page, related in found:
            relations.add(transaction, page.row, related)


def _of_some(
    store: Store, facts: Facts, others: Sequence[DuePage], due: Set[str]
) -> Iterator[tuple[DuePage, list[Relation]]]:
    for start in range(0, len(others), _CHUNK):
        with store.reading() as transaction:
            for page in others[start : start + _CHUNK]:
                related = [each for each in facts.relations(transaction, page) if each.hypothesis in due]
                if related:
                    yield page, related

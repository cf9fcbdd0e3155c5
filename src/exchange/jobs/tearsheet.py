"""A hypothesis on one printed page."""

from exchange.config import Settings, bands
from exchange.domain.debate import Role
from exchange.jobs.basis_today import Today
from exchange.pages.history import told
from exchange.pages.points import points
from exchange.pages.related import shown
from exchange.pages.tearsheet import TearSheet, best
from exchange.store import debates, hypotheses, scores
from exchange.store.engine import Store


def tearsheet(store: Store, name: str, settings: Settings) -> TearSheet:
    """With the debate behind the current score, if there is one. Raises NotFound, BrokenDigest."""
    hypothesis, table = hypotheses.hypothesis(store, name), bands()
    event = scores.current(store, (name,)).get(name)
    held = debates.debate(store, event.debate) if event and event.debate else None
    setup = held.setup if held else None
    changed = Today(store).differing(hypothesis, event, setup).parts
    imported = scores.imported_values(store, (name,)).get(name, [])
    turns = debates.turns(store, held.id) if held else ()
    verdicts = debates.verdicts(store, held.id) if held else ()
    passages = setup.brief.passages if setup else ()
    return TearSheet(
        standing=shown(hypothesis, event, imported, None, settings.site, table, changed),
        claim=hypothesis.claim,
        history=told(hypothesis, scores.numbered(store, name), table),
        score=event.score if event else None,
        pro=best(turns, passages, Role.PROPOSER),
        con=best(turns, passages, Role.CRITIC),
        points=points(event.score, turns, verdicts, table) if event and held else (),
    )

"""From a page or a hypothesis down to the calls behind its current scores."""

from exchange.domain.event import ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.page import Page
from exchange.errors import InputError, NotFound
from exchange.jobs.citing import named
from exchange.jobs.tracing.debate import DebateTrace
from exchange.jobs.tracing.graph import Graph
from exchange.pages.provenance import Kind, Provenance, Relation
from exchange.store import hypotheses, policies, relations, versions
from exchange.store.engine import Store
from exchange.store.versions import Version

ALL = "all"


def provenance(store: Store, name: str, event: int | str | None = None) -> Provenance:
    """What is shown under that name, with all that it rests on.

    Of a hypothesis that is the current score event; `event` names another by its number, or ALL. The current one is
    marked. Raises NotFound, BrokenDigest, InputError.
    """
    graph, found = Graph(), named(store, name)
    if isinstance(found, Page) and event is not None:
        raise InputError(f"{name} is a page, which has no score events; name a hypothesis, as in h-3d993b5d.")
    if isinstance(found, Page):
        _page(store, graph, found)
    else:
        _hypothesis(store, graph, found, event)
    return Provenance(
        about=found.slug if isinstance(found, Page) else found.id,
        title=found.title,
        nodes=tuple(graph.nodes.values()),
        edges=tuple(graph.edges),
    )


def _page(store: Store, graph: Graph, page: Page) -> None:
    """A page as it is shown is another thing than its text: the one comes from scores, they come from the other."""
    shown = graph.add(
        Kind.SHOWN,
        f"shown/{page.slug}",
        page.title,
        "page",
        {"slug": page.slug},
        digest=versions.of_page(store, page).digest,
    )
    for _, related in relations.related(store, page=page.slug):
        claim = hypotheses.hypothesis(store, related.hypothesis)
        graph.join(Relation.DERIVED, shown, *_hypothesis(store, graph, claim))


def _hypothesis(store: Store, graph: Graph, hypothesis: Hypothesis, wanted: int | str | None = None) -> tuple[str, ...]:
    """The nodes of the hypothesis and of the wanted score events: of the current one, if there is one."""
    claim = graph.add(
        Kind.HYPOTHESIS,
        f"hypothesis/{hypothesis.id}",
        hypothesis.title,
        "hypothesis",
        {"id": hypothesis.id},
        said={"claim": hypothesis.claim, "digest": versions.of_hypothesis(store, hypothesis).digest},
    )
    current = versions.current_event(store, hypothesis.id)
    chosen = [current] if current and wanted is None else _chosen(store, hypothesis.id, wanted)
    now = current[0].number if current else None
    return (claim, *(_event(store, graph, claim, *each, current=each[0].number == now) for each in chosen))


def _chosen(store: Store, hypothesis: str, wanted: int | str | None) -> list[tuple[Version, ScoreEvent]]:
    """The score events of that number, or all. Raises NotFound where there is none of that number."""
    if wanted is None:
        return []
    found = versions.events(store, hypothesis)
    chosen = [each for each in found if wanted in (ALL, each[0].number)]
    if not chosen and wanted != ALL:
        there = ", ".join(str(version.number) for version, _ in found) or "none"
        raise NotFound(f"{hypothesis} has no score event {wanted}; it has {there}. `exchange history` tells of each.")
    return chosen


def _event(store: Store, graph: Graph, claim: str, version: Version, event: ScoreEvent, current: bool) -> str:
    number, row = version.number or 0, {"id": version.number or 0}
    state = event.score.state.value
    value = {} if event.score.value is None else {"value": event.score.value}
    node = graph.add(
        Kind.EVENT,
        f"score_event/{number}",
        f"{state if event.score.value is None else f'{event.score.value:.2f}'}, {event.cause}",
        "score_event",
        row,
        digest=version.digest,
        said={"state": state, "at": event.at, "policy": event.score.policy, "current": current} | value,
    )
    scoring = graph.add(Kind.SCORING, f"scoring/{number}", event.cause, "score_event", row, ended=event.at)
    graph.join(Relation.DERIVED, node, claim)
    graph.join(Relation.GENERATED, node, scoring)
    if event.origin:
        origin = graph.add(Kind.ORIGIN, f"origin/{number}", event.origin, "score_event", row)
        graph.join(Relation.ASSOCIATED, scoring, origin)
    if event.debate:
        verdicts = DebateTrace(store, graph, claim, event.debate).verdicts()
        graph.join(Relation.DERIVED, node, *verdicts)
        graph.join(Relation.USED, scoring, *verdicts, _policy(store, graph, event, number))
    return node


def _policy(store: Store, graph: Graph, event: ScoreEvent, number: int) -> str:
    """A policy that was fitted here has a row; one that comes with Exchange is named, with its digest, in the event."""
    digest = event.score.policy_digest
    fitted = any(each.digest == digest for each in policies.stored(store))
    table, row = ("policy", {"digest": digest}) if fitted else ("score_event", {"id": number})
    return graph.add(Kind.POLICY, f"policy/{digest}", event.score.policy, table, row, said={"digest": digest})

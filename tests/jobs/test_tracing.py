"""From a shown number to the calls behind it: every step is a stored row."""

import json
from typing import Any

import pytest

from exchange.domain.hypothesis import Hypothesis
from exchange.errors import BrokenDigest, InputError, NotFound
from exchange.jobs.tracing.graph import Graph
from exchange.jobs.tracing.trace import ALL, provenance
from exchange.pages.provenance import Kind, Provenance, Relation, prov_json
from exchange.store.engine import Store
from tests import events, images
from tests.jobs.holding import HYPOTHESIS, all_played_by, held, playing, rows
from tests.store.rows import execute

PAGE = "genes-plin2"
OURS = {"ex", "prov"}
ENDS = {
    "wasDerivedFrom": {"prov:generatedEntity": "entity", "prov:usedEntity": "entity"},
    "wasGeneratedBy": {"prov:entity": "entity", "prov:activity": "activity"},
    "used": {"prov:activity": "activity", "prov:entity": "entity"},
    "wasAssociatedWith": {"prov:activity": "activity", "prov:agent": "agent"},
}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A store in which the example was debated, made once."""
    import asyncio

    store = images.in_memory(images.with_examples())
    model = playing(store, tmp_path_factory.mktemp("script") / "script.json", "panel")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXCHANGE_PAID_CALLS", "false")
        asyncio.run(held(store, all_played_by(model, "panel", 2)))
    return images.image(store)


@pytest.fixture
def debated(image: bytes) -> Store:
    return images.in_memory(image)


@pytest.fixture
def told(debated: Store) -> Provenance:
    return provenance(debated, PAGE)


@pytest.fixture
def document(told: Provenance) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(prov_json(told, "https://wiki.example"))
    return found


def count(told: Provenance, kind: Kind) -> int:
    return sum(node.kind is kind for node in told.nodes)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [(Kind.SHOWN, 1), (Kind.HYPOTHESIS, 2), (Kind.EVENT, 1), (Kind.VERDICT, 6), (Kind.TURN, 4), (Kind.CALL, 10)],
)
def test_a_pages_number_is_followed_to_its_calls(told: Provenance, kind: Kind, wanted: int) -> None:
    assert count(told, kind) == wanted


def test_every_node_is_a_stored_row(debated: Store, told: Provenance) -> None:
    found = {node.id: rows(debated, f'count(*) FROM "{node.table}" WHERE {node.row}') for node in told.nodes}

    assert {name: number for name, number in found.items() if number != [(1,)]} == {}


def test_every_digest_is_that_of_the_row(debated: Store, told: Provenance) -> None:
    column = {Kind.CALL: "reply_digest"}
    wrong = [
        node.id
        for node in told.nodes
        if node.digest
        and rows(debated, f'{column.get(node.kind, "digest")} FROM "{node.table}" WHERE {node.row}') != [(node.digest,)]
    ]

    assert wrong == []


@pytest.mark.parametrize("kind", [Kind.SHOWN, Kind.EVENT, Kind.VERDICT, Kind.TURN, Kind.PASSAGE, Kind.CALL])
def test_every_step_of_the_chain_has_a_digest(told: Provenance, kind: Kind) -> None:
    assert [node.id for node in told.nodes if node.kind is kind and not node.digest] == []


def test_a_verdict_after_the_debate_comes_from_all_turns(told: Provenance) -> None:
    derived = [edge for edge in told.edges if edge.relation is Relation.DERIVED and "/final/" in edge.source]

    assert len(derived) == 4 * 4


def test_a_verdict_before_the_debate_comes_from_no_turn(told: Provenance) -> None:
    assert [edge for edge in told.edges if edge.relation is Relation.DERIVED and "/prior/" in edge.source] == []


def test_nothing_comes_from_itself(told: Provenance) -> None:
    earlier: dict[str, set[str]] = {}
    for edge in told.edges:
        earlier.setdefault(edge.source, set()).add(edge.target)

    def below(name: str, path: tuple[str, ...]) -> None:
        assert name not in path
        for each in earlier.get(name, ()):
            below(each, (*path, name))

    below(f"shown/{PAGE}", ())


def test_a_citation_says_what_its_check_found(told: Provenance) -> None:
    assert {edge.said for edge in told.edges if edge.target.startswith("passage/")} == {"verified"}


def test_a_hypothesis_that_was_not_debated_rests_on_nothing(example_store: Store) -> None:
    assert [node.kind for node in provenance(example_store, HYPOTHESIS).nodes] == [Kind.HYPOTHESIS]


def test_an_imported_score_comes_from_who_gave_it(store: Store) -> None:
    events.append(store, events.imported(0.4))

    assert [node.label for node in provenance(store, "h-00000001").nodes if node.kind is Kind.ORIGIN] == ["a wiki"]


def test_what_is_not_stored_has_no_provenance(store: Store) -> None:
    with pytest.raises(NotFound):
        provenance(store, "no-such-page")


def test_a_turn_that_was_changed_is_not_told_as_evidence(debated: Store) -> None:
    execute(debated, "DROP TRIGGER turn_unchanged")
    execute(debated, "UPDATE turn SET record = replace(record, 'turn 3', 'turn 4')")

    with pytest.raises(BrokenDigest):
        provenance(debated, PAGE)


def test_prov_json_has_the_parts_of_the_submission(document: dict[str, Any]) -> None:
    assert set(document) == {"prefix", "entity", "activity", "agent", *ENDS}


def test_the_prefix_is_built_from_the_site(document: dict[str, Any]) -> None:
    assert document["prefix"] == {"ex": "https://wiki.example/provenance/"}


def test_without_a_site_the_prefix_is_a_name(told: Provenance) -> None:
    assert json.loads(prov_json(told, ""))["prefix"] == {"ex": "urn:exchange:"}


@pytest.mark.parametrize("relation", ENDS)
def test_both_ends_of_a_relation_are_told(document: dict[str, Any], relation: str) -> None:
    ends = ENDS[relation]

    for edge in document[relation].values():
        assert set(edge) - {"ex:check"} == set(ends)
        assert all(edge[end] in document[kind] for end, kind in ends.items())


def test_every_name_of_prov_json_has_a_prefix_that_it_declares_or_prov_does(document: dict[str, Any]) -> None:
    things = {**document["entity"], **document["activity"], **document["agent"]}
    names = [*things, *(name for thing in things.values() for name in thing)]

    assert {name.partition(":")[0] for name in names} == OURS


def test_only_activities_have_times(document: dict[str, Any]) -> None:
    timed = {
        kind for kind in ("entity", "activity", "agent") for each in document[kind].values() if "prov:endTime" in each
    }

    assert timed == {"activity"}


def test_the_same_rows_are_told_in_the_same_bytes(debated: Store, told: Provenance) -> None:
    assert prov_json(provenance(debated, PAGE), "") == prov_json(told, "")


def test_quotes_in_what_finds_a_row_are_doubled(store: Store) -> None:
    graph = Graph()
    graph.add(Kind.PAGE, "page/x", "x", "page", {"slug": "it's"})

    assert graph.nodes["page/x"].row == "\"slug\" = 'it''s'"


def shown_events(told: Provenance) -> list[tuple[str, object]]:
    """Each score event's node, and whether it is marked as the current one."""
    return [(node.id, node.said["current"]) for node in told.nodes if node.kind is Kind.EVENT]


@pytest.fixture
def three(store: Store) -> Store:
    """A hypothesis with an imported score, one that a debate gave, and a demonstration that does not displace it."""
    demonstration = events.scored(0.9, demonstration=True)
    events.append(store, events.imported(0.6), events.scored(0.7), demonstration)
    return store


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (None, [("score_event/2", True)]),
        (1, [("score_event/1", False)]),
        (2, [("score_event/2", True)]),
        (3, [("score_event/3", False)]),
        (ALL, [("score_event/1", False), ("score_event/2", True), ("score_event/3", False)]),
    ],
)
def test_the_events_that_are_asked_for_are_followed_and_the_current_one_is_marked(
    three: Store, event: int | str | None, wanted: list[tuple[str, bool]]
) -> None:
    assert shown_events(provenance(three, "h-00000001", event)) == wanted


def test_all_events_of_a_hypothesis_without_a_score_are_none(store: Store) -> None:
    events.save(store, Hypothesis(id="h-00000001", title="A"))

    assert shown_events(provenance(store, "h-00000001", ALL)) == []


def test_an_event_of_another_hypothesis_is_not_found(three: Store) -> None:
    events.append(three, events.imported(0.6, "h-00000002"))

    with pytest.raises(NotFound, match=r"h-00000001 has no score event 4; it has 1, 2, 3\."):
        provenance(three, "h-00000001", 4)


def test_a_page_has_no_events_to_choose_from(debated: Store) -> None:
    with pytest.raises(InputError, match="is a page"):
        provenance(debated, PAGE, ALL)


def test_prov_json_of_all_events_marks_the_current_one(three: Store) -> None:
    entities = json.loads(prov_json(provenance(three, "h-00000001", ALL), ""))["entity"]
    marked = {name: each["ex:current"] for name, each in entities.items() if "score_event" in name}

    assert marked == {"ex:score_event/1": False, "ex:score_event/2": True, "ex:score_event/3": False}

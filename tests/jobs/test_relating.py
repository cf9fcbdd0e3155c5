"""Relations are those of what is stored, whatever came first and however it came."""

from pathlib import Path
from typing import Any

import pytest

from exchange.config import settings
from exchange.domain.relation import Why
from exchange.errors import Conflict
from exchange.jobs import relating
from exchange.jobs.relating import catch_up, relate_anew
from exchange.jobs.taking_turns import turn
from exchange.pages.related import related_in
from exchange.store import hypotheses, linking, relations
from exchange.store.engine import Store, Transaction
from exchange.store.owners import this_process
from tests.jobs.holding import rows, take_in

GWAS = "doid_code\tdoid_name\tlocus\thigh_confidence\tprimary\tstatus\tgene\tsymbol\nDOID:9970\tobesity\t0\t1\t1\tHC-P\t3953\tLEPR\n"
DISEASE = "# Obesity\n\nWeight is gained over years, and lost over more.\n\n## Metadata\n\n| key | value |\n|---|---|\n| slug | diseases-obesity |\n| entity_type | disease |\n"
CLAIM = '{"id": "h-11111111", "title": "Raising LEPR slows obesity", "targets": ["LEPR"]}\n'
FILES = {"gwas.tsv": GWAS, "diseases-obesity.md": DISEASE, "claims.jsonl": CLAIM}


def related(store: Store) -> list[tuple[str, str, list[str]]]:
    return [(page, each.hypothesis, [reason.why for reason in each.reasons]) for page, each in relations.related(store)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_a_target_that_goes_with_the_page_is_found_whatever_comes_first(
    store: Store, tmp_path: Path, order: tuple[int, ...]
) -> None:
    names = list(FILES)
    for each in order:
        take_in(store, tmp_path / names[each], FILES[names[each]])

    assert related(store) == [("diseases-obesity", "h-11111111", [Why.GOES_WITH_SUBJECT, Why.CLAIMED])]


def test_a_page_that_changes_its_text_changes_its_relations(store: Store, tmp_path: Path) -> None:
    for name, text in FILES.items():
        take_in(store, tmp_path / name, text)
    take_in(store, tmp_path / "notes.md", "# Notes\n\nThey had LEPR in every cell.\n")
    assert ("notes", "h-11111111", [Why.NAMED]) in related(store)

    take_in(store, tmp_path / "notes.md", "# Notes\n\nThey had nothing in any cell.\n")

    assert [page for page, *_ in related(store)] == ["diseases-obesity"]


def test_a_hypothesis_that_changes_its_target_changes_its_relations(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "a.md", "# A\n\nIt binds [PLIN2](/genes/plin2) and [SMN1](/genes/smn1).\n")
    take_in(store, tmp_path / "claims.jsonl", '{"id": "h-11111111", "title": "B", "targets": ["PLIN2"]}\n')
    take_in(store, tmp_path / "claims.jsonl", '{"id": "h-11111111", "title": "B", "targets": ["SMN1"]}\n')

    assert related_in(store, "a", settings()).hypotheses[0].reasons == ("its target SMN1 is linked on the page",)


def test_many_new_hypotheses_are_related_as_few_are(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(store, tmp_path / "a.md", "# A\n\nIt binds [PLIN2](/genes/plin2).\n")
    monkeypatch.setattr(relating, "_MANY", 1)
    claims = "".join(
        f'{{"id": "h-1111111{number}", "title": "B{number}", "targets": ["PLIN2"]}}\n' for number in range(5)
    )
    take_in(store, tmp_path / "claims.jsonl", claims)

    assert len(related(store)) == 5


def test_what_was_stopped_is_due_and_the_next_import_makes_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    take_in(store, tmp_path / "a.md", "# A\n\nIt binds [PLIN2](/genes/plin2).\n")
    with monkeypatch.context() as patched:
        patched.setattr(relations, "add", stop)
        with pytest.raises(KeyboardInterrupt):
            take_in(store, tmp_path / "claims.jsonl", '{"id": "h-11111111", "title": "B", "targets": ["PLIN2"]}\n')
    assert related(store) == []

    take_in(store, tmp_path / "b.md", "# B\n\nOf nothing.\n")

    assert related(store) == [("a", "h-11111111", [Why.LINKED])]


def test_nothing_is_made_anew_where_nothing_has_changed(example_store: Store) -> None:
    assert catch_up(example_store) == 0


def test_all_relations_made_anew_are_what_they_were(example_store: Store) -> None:
    before = related(example_store)
    relate_anew(example_store)

    assert related(example_store) == before != []


def test_near_duplicates_are_folded_and_opposites_stand_side_by_side(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "a.md", "# A\n\nIt binds [PLIN2](/genes/plin2).\n")
    claims = [
        "Raising PLIN2 protects neurons",
        "PLIN2 binds iron",
        "Raising PLIN2 protects the neurons",
        "Lowering PLIN2 slows decline",
    ]
    rows_ = "".join(f'{{"title": "{each}", "targets": ["PLIN2"]}}\n' for each in claims)
    take_in(store, tmp_path / "claims.jsonl", rows_)
    first, second, third = related_in(store, "a", settings()).hypotheses
    kept = {each.title: each for each in (first, second, third)}
    raising = next(each for title, each in kept.items() if title.startswith("Raising"))
    lowering = kept["Lowering PLIN2 slows decline"]

    assert (len(raising.like), raising.direction, lowering.direction) == (1, "raises", "lowers")
    assert (raising.opposes, lowering.opposes, kept["PLIN2 binds iron"].opposes) == (lowering.id, raising.id, None)
    places = [each.id for each in (first, second, third)]
    assert abs(places.index(raising.id) - places.index(lowering.id)) == 1


def test_a_claim_without_a_known_target_is_found_by_its_words(store: Store, tmp_path: Path) -> None:
    for number in range(60):
        take_in(
            store,
            tmp_path / f"note-{number}.md",
            f"# Note {number}\n\nThis page has detailed information about its subject.\n",
        )
    text = "In old cells the droplets sequester arachidonate long before any lipoxygenases reach the membrane."
    take_in(store, tmp_path / "droplets.md", f"# Droplets\n\n{text}\n")
    take_in(
        store,
        tmp_path / "claims.jsonl",
        '{"id": "h-11111111", "title": "Droplets sequester arachidonate before lipoxygenases reach the membrane"}\n'
        '{"id": "h-22222222", "title": "This page has detailed information about its subject"}\n',
    )

    assert [each[:2] for each in related(store)] == [("droplets", "h-11111111")]
    assert rows(store, "reasons LIKE '%arachidonate%' FROM relation") == [(1,)]


def test_a_change_meanwhile_is_not_taken_for_done(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(store, tmp_path / "a.md", "# A\n\nIt binds [PLIN2](/genes/plin2).\n")
    add = relations.add

    def meanwhile(transaction: Transaction, *given: Any) -> None:
        hypotheses.list_on(transaction, "elsewhere", "h-11111111")
        add(transaction, *given)

    with monkeypatch.context() as patched:
        patched.setattr(relations, "add", meanwhile)
        take_in(store, tmp_path / "claims.jsonl", '{"id": "h-11111111", "title": "B", "targets": ["PLIN2"]}\n')

    assert rows(store, "due > 0 FROM hypothesis") == [(1,)]


@pytest.mark.parametrize("stopped", ["link_pages", "link_targets", "read_claims"])
def test_an_import_that_was_stopped_before_it_linked_is_made_good_by_the_next(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped: str
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    take_in(store, tmp_path / "notes.md", "# Notes\n\nThey had LEPR in every cell.\n")
    take_in(store, tmp_path / "claims.jsonl", CLAIM)
    with monkeypatch.context() as patched:
        patched.setattr(relating, stopped, stop)
        with pytest.raises(KeyboardInterrupt):
            take_in(store, tmp_path / "names.csv", "kind,name\ngene,LEPR\n")
    take_in(store, tmp_path / "names.csv", "kind,name\ngene,LEPR\n")

    assert related(store) == [("notes", "h-11111111", [Why.NAMED])]


def test_a_page_follows_what_the_page_that_it_links_to_says(store: Store, tmp_path: Path) -> None:
    linking = "# Obesity\n\nOf [LEPR](/genes/lepr) much is known.\n\n## Metadata\n\n| key | value |\n|---|---|\n| slug | diseases-obesity |\n| entity_type | disease |\n"
    take_in(store, tmp_path / "claims.jsonl", '{"id": "h-11111111", "title": "B", "targets": ["LEPR"]}\n')
    take_in(store, tmp_path / "diseases-obesity.md", linking)
    take_in(store, tmp_path / "b.md", "# B\n\nIt is about [weight](/diseases/obesity) alone.\n")
    assert ("b", "h-11111111", [Why.NEXT_PAGE]) in related(store)

    take_in(store, tmp_path / "diseases-obesity.md", linking.replace("[LEPR](/genes/lepr)", "weight"))
    assert [page for page, *_ in related(store)] == []

    take_in(store, tmp_path / "diseases-obesity.md", linking)
    assert ("b", "h-11111111", [Why.NEXT_PAGE]) in related(store)


@pytest.mark.parametrize("changed", ["PLIN2 binds iron", "Lowering PLIN2 worsens memory"])
def test_a_claim_that_says_something_else_by_now_is_folded_no_more(store: Store, tmp_path: Path, changed: str) -> None:
    take_in(store, tmp_path / "a.md", "# A\n\nIt binds [PLIN2](/genes/plin2).\n")
    row = '{{"id": "h-1111111{}", "title": "{}", "targets": ["PLIN2"]}}\n'
    same = "Raising PLIN2 protects neurons"
    take_in(store, tmp_path / "claims.jsonl", row.format(1, same) + row.format(2, same))
    assert len(related_in(store, "a", settings()).hypotheses) == 1

    take_in(store, tmp_path / "claims.jsonl", row.format(1, changed))

    assert len(related_in(store, "a", settings()).hypotheses) == 2


def test_whoever_relates_is_waited_for(store: Store) -> None:
    with turn(store), pytest.raises(Conflict, match="is importing or relating"), turn(store, patience=0):
        pass


def test_a_process_that_has_ended_keeps_nobody_waiting(store: Store) -> None:
    gone = this_process().model_copy(update={"started": 1.0})
    linking.take(store, gone, 60)

    with turn(store, patience=0) as mine:
        mine.keep()


def test_a_direction_is_read_from_the_statement_where_the_title_tells_none(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "a.md", "# A\n\nIt binds [PLIN2](/genes/plin2).\n")
    claim = '{"title": "PLIN2 lets cells hold lipids", "statement": "Raising PLIN2 protects neurons.", "targets": ["PLIN2"]}\n'
    take_in(store, tmp_path / "claims.jsonl", claim)

    assert [each.direction for each in related_in(store, "a", settings()).hypotheses] == ["raises"]

"""Lists of names come in whole or not at all, and pages and targets are linked by them whatever came first."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.errors import InputError
from exchange.jobs.importing import import_files, read_files
from exchange.jobs.naming import link_pages
from exchange.store import hypotheses
from exchange.store.engine import Store
from tests import images
from tests.jobs.holding import rows, take_in
from tests.store.rows import execute

GENES = "GeneID\ttype\tsymbol\n123\tsymbol\tPLIN2\n123\tsynonym\tADRP\n246\tsymbol\tALOX15\n246\tsynonym\t15-LOX-1\n"
OWN = "kind,name,slug,aliases,curie\ngene,PLIN2,plin2,ADRP; ADFP,NCBIGene:123\nCell type,Astrocytes,,,\n"
GWAS = "doid_code\tdoid_name\tlocus\thigh_confidence\tprimary\tstatus\tgene\tsymbol\n"
PAGE = "# Notes\n\nADRP rose in the cells that had been held without food.\n"
CLAIM = '{"id": "h-11111111", "title": "A claim", "targets": ["15-LOX-1", "ADRP"]}'


@pytest.mark.parametrize(("name", "text"), [("genes.tsv", GENES), ("own.csv", OWN)])
def test_a_list_of_names_is_stored(store: Store, tmp_path: Path, name: str, text: str) -> None:
    take_in(store, tmp_path / name, text)

    assert rows(store, "path, slug, curie FROM entity ORDER BY id LIMIT 1") == [("genes", "plin2", "NCBIGene:123")]
    assert rows(store, "count(*) FROM alias WHERE spelling = 'ADRP' AND given = 'synonym'") == [(1,)]


def test_a_packed_list_is_read(store: Store, tmp_path: Path) -> None:
    (tmp_path / "genes.tsv.gz").write_bytes(gzip.compress(GENES.encode()))
    import_files(store, read_files([tmp_path]))

    assert rows(store, "count(*) FROM entity") == [(2,)]


def test_a_list_that_comes_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    outcomes = []
    for _ in range(2):
        (tmp_path / "own.csv").write_text(OWN)
        outcomes.append(import_files(store, read_files([tmp_path]))[0])

    assert [outcome.changed for outcome in outcomes] == [True, False]


def test_associations_are_stored_with_their_source(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "gwas.tsv", f"{GWAS}DOID:9970\tobesity\t0\t1\t1\tHC-P\t3953\tLEPR\n")

    assert rows(
        store,
        "one.slug, other.slug, source FROM entity_link JOIN entity one ON one.id = entity_id JOIN entity other ON other.id = other_id",
    ) == [("lepr", "obesity", "GWAS Catalog: high confidence")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.tsv", f"{GENES}x\tsymbol\tY\n", "line 6: 'x' is no GeneID"),
        ("a.tsv", f"{GENES}7\tnickname\tY\n", "line 6: the type 'nickname'"),
        ("a.tsv", f"{GENES}7\tsymbol\n", "line 6: there are 2 columns, not 3"),
        ("a.tsv", f"{GENES}7\tsymbol\t \n", "line 6: there is no name"),
        ("a.tsv", "one\ttwo\n", "line 1: no list of names"),
        ("a.csv", f"{OWN}gene,X,a/b,,\n", "line 4: 'a/b' is no slug"),
        ("a.csv", f"{OWN}gene,X,,,none\n", "line 4: 'none' is no identifier"),
        ("a.csv", f"{OWN},X,,,\n", "line 4: there is no kind"),
        ("a.csv", f'{OWN}gene,"X"Y,,,\n', "line 4: "),
        ("a.csv", "kind,name\n", "holds no names"),
    ],
)
def test_a_list_that_does_not_fit_is_refused_by_its_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(InputError, match=said):
        read_files([tmp_path])


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(GENES.encode(), mtime=0)[:-9]], ids=["other", "cut"])
def test_a_broken_packed_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "genes.tsv.gz").write_bytes(content)

    with pytest.raises(InputError, match="no whole gzip file"):
        read_files([tmp_path / "genes.tsv.gz"])


@pytest.mark.parametrize("order", [("genes.tsv", "notes.md", "a.jsonl"), ("a.jsonl", "notes.md", "genes.tsv")])
def test_a_target_by_its_alias_concerns_the_page_that_names_it(
    store: Store, tmp_path: Path, order: tuple[str, ...]
) -> None:
    texts = {"genes.tsv": GENES, "notes.md": PAGE, "a.jsonl": CLAIM}
    for name in order:
        take_in(store, tmp_path / name, texts[name])

    assert [(each.page, each.why, each.entity) for each in hypotheses.concerns(store)] == [("notes", "named", "PLIN2")]


def test_what_a_page_links_to_is_not_named_besides(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "genes.tsv", GENES)
    take_in(store, tmp_path / "notes.md", f"{PAGE}\nMore on [the coat](/genes/plin2) of droplets.\n")

    assert rows(store, "(SELECT count(*) FROM page_name), (SELECT count(*) FROM page_link)") == [(0, 1)]


def test_a_name_that_a_page_has_lost_is_lost_here_too(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "genes.tsv", GENES)
    for text in (PAGE, PAGE.replace("ADRP", "Nothing")):
        take_in(store, tmp_path / "notes.md", text)

    assert rows(store, "count(*) FROM page_name") == [(0,)]


def test_the_title_of_a_new_page_is_found_in_older_ones(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "notes.md", PAGE)
    take_in(store, tmp_path / "other.md", "# Food\n\nWhat animals are given to eat in the laboratory.\n")

    assert rows(store, "slug FROM page_name JOIN entity ON entity.id = entity_id") == [("other",)]


def test_an_ambiguous_name_in_a_page_is_reported(store: Store, tmp_path: Path) -> None:
    (tmp_path / "genes.tsv").write_text(f"{GENES}7\tsymbol\tX7\n7\tsynonym\tADRP\n")
    (tmp_path / "notes.md").write_text(PAGE)
    said = [outcome.said for outcome in import_files(store, read_files([tmp_path]))]

    assert "page notes: ambiguous names, not linked: ADRP (genes/plin2, genes/x7)" in said


WORDS = (
    "ADRP",
    "adrp",
    "PLIN2",
    "Plin2 coat",
    "REST",
    "IMPACT",
    "the ADRP gene",
    "[x](/genes/adrp)",
    "coat",
    "X7-a",
    "x7-A",
)
NAMES = ("ADRP", "adrp", "PLIN2", "Plin2 coat", "REST", "Impact", "Coat", "X7-A", "x7-a", "coat")
FILES = st.one_of(
    st.tuples(
        st.just("own.csv"),
        st.lists(
            st.tuples(st.sampled_from(("gene", "disease")), st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1
        ).map(lambda rows: "\n".join(["kind,name,aliases", *map(",".join, rows)])),
    ),
    st.tuples(
        st.sampled_from(("a.md", "b.md", "c.md")),
        st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(WORDS), min_size=1)).map(
            lambda said: f"# {said[0]}\n\nWhat there is of {'; '.join(said[1])}.\n"
        ),
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(FILES, min_size=1, max_size=5))
def test_pages_are_linked_as_if_all_were_linked_anew(tmp_path: Path, files: list[tuple[str, str]]) -> None:
    found = "page.slug, entity.path, entity.slug FROM page_name JOIN page ON page.id = page_id "
    found += "JOIN entity ON entity.id = page_name.entity_id ORDER BY 1, 2, 3"
    store = images.in_memory(images.blank())
    for name, text in files:
        take_in(store, tmp_path / name, text)
    by_and_by = rows(store, found)
    link_pages(store)

    assert by_and_by == rows(store, found)


def test_a_page_without_any_of_the_new_names_is_not_linked_anew(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "notes.md", PAGE)
    take_in(store, tmp_path / "genes.tsv", GENES)
    execute(store, "DELETE FROM page_name")
    take_in(store, tmp_path / "own.csv", "kind,name\ngene,TREM2\n")
    other = rows(store, "count(*) FROM page_name")
    take_in(store, tmp_path / "own.csv", "kind,name,curie,aliases\ngene,PLIN2,NCBIGene:123,without food\n")

    assert (other, rows(store, "count(*) FROM page_name")) == ([(0,)], [(1,)])

"""Whether pages show the hypotheses that concern them, and no strangers: on pages and hypotheses whose truth was made.

What a page shows is what `related` says, with what is folded. Of the two halves, `tuning` is looked at while the weights are
set, and the figure is that of `kept`.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import exchange
from exchange.jobs.importing import import_files, read_files
from exchange.store.engine import open_store
from tests.bench.limits import Limits
from tests.bench.pages_and_hypotheses import Half, halves

SHARED = Path(__file__).parents[3] / "shared"
SEED = "therapeutics-zolgensma"
_LISTS = ("entrez_symbols_human.tsv.gz", "do_labels_2026.tsv", "gwas_gene_disease.tsv", "diseases_knowledge.tsv.gz")
_OTHERS = 500


def run(limits: Limits, names: Sequence[str] = ("kept",)) -> None:
    """Prints precision, recall, and what was missed and what was wrong, by how it was made; and the seed page."""
    made = halves(SHARED)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            _measure(limits, made[name], Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        _seed(list(made.values()), Path(folder))


def _measure(limits: Limits, half: Half, folder: Path) -> None:
    half.write(folder)
    database = folder / "exchange.db"
    _import(database, [folder / "pages", folder / "hypotheses.jsonl"])
    shown = {(page, each) for page in half.pages for each in _shown(page, database)}
    right = shown & half.truth
    ways = {(case.page, case.hypothesis): case.way for case in half.cases}
    print(f"{half.name}: {len(half.truth)} pairs to show, {len(shown)} shown", flush=True)
    _say("missed", Counter(ways[pair] for pair in half.truth - shown))
    _say("wrong", Counter(ways.get(pair, "of no case") for pair in shown - half.truth))
    limits.between(f"{half.name}, precision", len(right) / len(shown), 0.95, 1.0)
    limits.between(f"{half.name}, recall", len(right) / len(half.truth), 0.90, 1.0)
    if half.name == "tuning":
        for page, name in sorted(shown ^ half.truth):
            print("   ", "wrong" if (page, name) in shown else "missed", page, name)


def _seed(made: Sequence[Half], folder: Path) -> None:
    """The wiki's own page, with 500 other hypotheses and their pages in the store."""
    for half in made:
        half.write(folder / half.name)
    others = folder / "others.jsonl"
    rows = [line for half in made for line in (folder / half.name / "hypotheses.jsonl").read_text().splitlines()]
    others.write_text("\n".join(rows) + "\n", encoding="utf-8")
    more = folder / "more.csv"
    symbols = sorted({str(row["targets"][0]) for half in made for row in half.hypotheses})  # type: ignore[index] # a list
    claims = [f'"Raising {each} makes myelin sheaths thicker in ageing mice",{each}' for each in symbols]
    claims += [f'"Lowering {each} shortens the sleep of flies",{each}' for each in symbols]
    more.write_text("\n".join(["title,targets", *claims[: _OTHERS - len(rows)]]) + "\n", encoding="utf-8")
    database = folder / "exchange.db"
    seed = folder / f"{SEED}.txt"
    seed.write_bytes((SHARED / "pages" / f"wiki-{SEED}.txt").read_bytes())
    _import(database, [seed, *(folder / half.name / "pages" for half in made), others, more])
    found = exchange.related(SEED, str(database))
    print(f"{found.slug}: {len(found.hypotheses)} shown", flush=True)
    for each in found.hypotheses:
        print(
            f"  {each.id} {each.title}: relevance {each.relevance}, curated {each.curated}, {'; '.join(each.reasons)}"
        )


def _import(database: Path, paths: Sequence[Path]) -> None:
    store = open_store(database, create=True)
    import_files(store, read_files([*(SHARED / "data" / "kb" / name for name in _LISTS), *paths]))
    store.close()


def _shown(page: str, database: Path) -> list[str]:
    found = exchange.related(page, str(database)).hypotheses
    return [name for each in found for name in (each.id, *(like.id for like in each.like))]


def _say(what: str, ways: Counter[str]) -> None:
    for way, count in sorted(ways.items()):
        print(f"  {what}, {way}: {count}", flush=True)


if __name__ == "__main__":
    run(Limits(), sys.argv[1:] or ("kept",))

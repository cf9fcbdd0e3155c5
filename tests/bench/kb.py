"""What a set of pages needs to know of ../shared/data/kb: symbols, synonyms, and which gene goes with which disease.

It reads the files by itself, so that a fault of the importer cannot hide in the truth.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """`symbols` are in their order; `bearers` maps each name, casefolded, to all symbols whose gene bears it.

    `strong` are well supported pairs.
    """

    symbols: Mapping[str, None]
    synonyms: dict[str, tuple[str, ...]]
    bearers: dict[str, frozenset[str]]
    strong: tuple[tuple[str, str], ...]
    diseases_of: dict[str, frozenset[str]]

    def only(self, name: str) -> bool:
        """One gene bears the name, in whatever case."""
        return len(self.bearers.get(name.casefold(), ())) == 1


def knowledge(folder: Path) -> Knowledge:
    """What the folder `kb` says."""
    symbols, synonyms = _genes(folder / "entrez_symbols_human.tsv.gz")
    bearers: dict[str, set[str]] = defaultdict(set)
    for symbol in symbols:
        for name in (symbol, *synonyms.get(symbol, ())):
            bearers[name.casefold()].add(symbol)
    with (folder / "gwas_gene_disease.tsv").open(encoding="utf-8", newline="") as file:
        gwas = list(csv.DictReader(file, delimiter="\t"))
    known: dict[str, set[str]] = defaultdict(set)
    for symbol, disease in [*((row["symbol"], row["doid_name"]) for row in gwas), *_curated(folder)]:
        known[symbol].add(disease.casefold())
    return Knowledge(
        symbols=dict.fromkeys(sorted(symbols)),
        synonyms={symbol: tuple(sorted(names)) for symbol, names in synonyms.items()},
        bearers={name: frozenset(those) for name, those in bearers.items()},
        strong=tuple(sorted({(row["symbol"], row["doid_name"]) for row in gwas if row["status"] == "HC-P"})),
        diseases_of={symbol: frozenset(names) for symbol, names in known.items()},
    )


def _genes(path: Path) -> tuple[set[str], dict[str, set[str]]]:
    by_number: dict[str, str] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    by_number = {number: name for number, kind, name in rows if kind == "symbol"}
    synonyms: dict[str, set[str]] = defaultdict(set)
    for number, kind, name in rows:
        if kind == "synonym":
            synonyms[by_number[number]].add(name)
    return set(by_number.values()), synonyms


def _curated(folder: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(folder / "diseases_knowledge.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            _, symbol, _, disease, *_ = line.split("\t")
            yield symbol, disease

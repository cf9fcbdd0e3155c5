"""Finding the names of all human genes in the abstracts of PubMedQA, against one pass over their words."""

import gzip
import json
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from exchange.domain.alias import Alias, Given
from exchange.domain.identity import slug
from exchange.linking.index import index
from exchange.linking.mentions import mentions
from exchange.linking.targets import Aliases, resolve
from tests.bench.limits import Limits
from tests.conftest import SHARED

_WORD = re.compile(r"\w+")


def run(limits: Limits, shared: Path = SHARED, rounds: int = 9) -> None:
    """Prints the ratio of linking to a bare pass over the words, and how ambiguous synonyms fare."""
    texts = abstracts(shared)
    begun = time.perf_counter()
    known = Aliases(genes(shared))
    names = index(known)
    print(f"linking: {len(known.by_name):,} names indexed in {time.perf_counter() - begun:.2f} s", flush=True)
    ratios = []
    for _ in range(rounds):
        ours = _seconds(lambda: [mentions(text, names) for text in texts])
        ratios.append(ours / _seconds(lambda: _pass_over(texts)))
    found = [mention for text in texts for mention in mentions(text, names)]
    print(
        f"linking: {len(texts):,} abstracts, {sum(map(len, texts)):,} letters, {len(found):,} mentions, "
        f"ratios from {min(ratios):.2f} to {max(ratios):.2f}",
        flush=True,
    )
    limits.at_most("linking, median ratio to a pass over the words", statistics.median(ratios), 2)
    several = shared_synonyms(shared)
    wrong = sum(resolve(name, known).entity is not None for name in several)
    in_text = [mention for name in several for mention in mentions(f"The gene {name} was lost.", names)]
    wrong_in_text = sum(mention.entity is not None for mention in in_text)
    print(f"linking: of {len(several):,} ambiguous synonyms {wrong} were guessed as targets, {wrong_in_text} in a text")


def abstracts(shared: Path) -> list[str]:
    """The abstracts of PubMedQA, each as one text."""
    with (shared / "data" / "pubmedqa_pqal.json").open(encoding="utf-8") as file:
        return ["\n".join(item["CONTEXTS"]) for item in json.load(file).values()]


def genes(shared: Path) -> Iterator[Alias]:
    """The symbols and synonyms of all human genes, a gene known by its number where its symbol is another's too."""
    symbols: dict[str, str] = {}
    taken: set[str] = set()
    for number, kind, name in _rows(shared):
        if kind == "symbol":
            key = f"genes/{slug(name)}"
            symbols[number] = f"{key}-{number}" if key in taken else key
            taken.add(key)
            yield Alias(symbols[number], name, Given.NAME)
    for number, kind, name in _rows(shared):
        if kind == "synonym":
            yield Alias(symbols[number], name, Given.SYNONYM)


def shared_synonyms(shared: Path) -> list[str]:
    """The synonyms that several genes have."""
    bearers: dict[str, set[str]] = {}
    for number, kind, name in _rows(shared):
        if kind == "synonym":
            bearers.setdefault(name, set()).add(number)
    return [name for name, those in bearers.items() if len(those) > 1]


def _rows(shared: Path) -> list[list[str]]:
    with gzip.open(shared / "data" / "kb" / "entrez_symbols_human.tsv.gz", "rt", encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file][1:]


def _pass_over(texts: list[str]) -> None:
    for text in texts:
        for _ in _WORD.finditer(text):
            pass


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    run(Limits())

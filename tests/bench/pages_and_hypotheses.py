"""300 pages and 200 hypotheses whose truth is known because they were made so, in two halves of equal make.

`tuning` is for whoever works on relatedness to look at; `kept` is for the figure alone. No gene and no disease of one half
is in the other. A pair that is not in `cases` is not related. What makes the truth:

| way | the page | related |
|---|---|---|
| symbol | names the target by its symbol, once, in prose | yes |
| alias | names it by an alias that one gene bears | yes |
| link | links to it under other words: `[the coat protein](/genes/plin2)` | yes |
| subject | is the page of the target's gene | yes |
| disease | is about the disease that the claim names and the target is known to go with; it names no gene | yes |
| word in context | names a target that is an English word as a gene: `the REST gene` | yes |
| word | has the word, in small letters or as the name of a trial | no |
| ambiguous | has an alias that the target's gene shares with others | no |
| ambiguous target | names the gene by its symbol; the hypothesis targets the shared alias | no |
| another gene | is the page of another gene that goes with the disease of the claim, and names that disease | no |
| nothing | has nothing of it but boilerplate | no |

A third of the hypotheses write their target as an alias. Every page, and every third claim, has boilerplate of the wiki.
"""

import csv
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exchange.domain.identity import derived_hypothesis_id, slug
from tests.bench.kb import Knowledge, knowledge
from tests.bench.prose import BOILERPLATE, CLAIMS, IN_CONTEXT, MENTIONS, NEUTRAL, OUT_OF_CONTEXT, WORDS

HALVES = ("tuning", "kept")
COUNTS = {
    "symbol": 18,
    "alias": 18,
    "link": 16,
    "disease": 12,
    "word in context": 6,
    "word": 6,
    "ambiguous": 6,
    "ambiguous target": 4,
    "another gene": 6,
    "nothing": 8,
}
RELATED = frozenset({"symbol", "alias", "link", "subject", "disease", "word in context"})
_WITH_A_PAGE = frozenset({"symbol", "link", "disease"})
PAGES = 150
SUBJECTS = 26


@dataclass(frozen=True, kw_only=True)
class Case:
    """One pair that was made on purpose, and whether the page should show the hypothesis."""

    page: str
    hypothesis: str
    way: str

    @property
    def related(self) -> bool:
        return self.way in RELATED


@dataclass(kw_only=True)
class Half:
    """Pages by slug as Markdown, hypotheses as rows of JSON Lines, and the truth."""

    name: str
    pages: dict[str, str] = field(default_factory=dict)
    hypotheses: list[dict[str, object]] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    @property
    def truth(self) -> frozenset[tuple[str, str]]:
        """The pairs of page and hypothesis that should be shown; all others should not."""
        return frozenset((case.page, case.hypothesis) for case in self.cases if case.related)

    def write(self, folder: Path) -> None:
        """`pages/SLUG.md`, `hypotheses.jsonl` and `truth.csv`."""
        (folder / "pages").mkdir(parents=True, exist_ok=True)
        for name, text in self.pages.items():
            (folder / "pages" / f"{name}.md").write_text(text, encoding="utf-8")
        rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.hypotheses)
        (folder / "hypotheses.jsonl").write_text(rows, encoding="utf-8")
        with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(("page", "hypothesis", "way", "related"))
            out.writerows((case.page, case.hypothesis, case.way, int(case.related)) for case in self.cases)


def halves(shared: Path, seed: int = 0) -> dict[str, Half]:
    """Both halves, the same for the same data and seed."""
    maker = _Maker(knowledge(shared / "data" / "kb"), random.Random(seed))
    return {name: maker.half(name, number) for number, name in enumerate(HALVES)}


class _Maker:
    """Draws genes and diseases, each once, and writes pages and claims about them."""

    def __init__(self, known: Knowledge, drawn: random.Random) -> None:
        self.known = known
        self.drawn = drawn
        self.used: set[str] = set()
        with_alias = [symbol for symbol in known.symbols if _plain(symbol, known) and self._aliases(symbol)]
        self.genes = drawn.sample(with_alias, len(with_alias))
        self.pairs = drawn.sample(known.strong, len(known.strong))
        shared = sorted({n for s in known.symbols for n in known.synonyms.get(s, ()) if _shared(n, known)})
        self.shared = drawn.sample(shared, len(shared))

    def half(self, name: str, number: int) -> Half:
        """One half: first the cases with their pages, then the pages of genes, then pages of nothing."""
        made = Half(name=name)
        words = WORDS[number::2]
        self.avoided = frozenset[str]().union(*map(self._diseases, words))
        self.diseases: set[str] = set()
        self.targets: dict[str, str] = {}
        for way, count in COUNTS.items():
            for turn in range(count):
                self._case(made, way, words, turn)
        for case in [case for case in made.cases if case.way in _WITH_A_PAGE][:SUBJECTS]:
            page = self._page(made, "gene", self.targets[case.hypothesis], [])
            made.cases.append(Case(page=page, hypothesis=case.hypothesis, way="subject"))
        while len(made.pages) < PAGES:
            self._page(made, *self._notes(made), [self._mention(self._gene())])
        return made

    def _case(self, made: Half, way: str, words: Sequence[str], turn: int) -> None:
        makers: dict[str, Callable[[], tuple[str, str, str]]] = {
            "symbol": lambda: self._named(lambda gene: self._mention(gene), turn),
            "alias": lambda: self._named(lambda gene: self._mention(self._aliases(gene)[0]), turn),
            "link": lambda: self._named(lambda gene: self._mention(f"[the factor](/genes/{slug(gene)})"), turn),
            "nothing": lambda: self._named(lambda _: self._mention(self._gene()), turn),
            "word in context": lambda: self._word(words[turn], IN_CONTEXT),
            "word": lambda: self._word(words[turn + 6], OUT_OF_CONTEXT),
        }
        if way in ("disease", "another gene"):
            self._through_a_disease(made, way)
        elif way.startswith("ambiguous"):
            self._ambiguous(made, way)
        else:
            symbol, target, sentence = makers[way]()
            claim = self._claim(made, target, None)
            self.targets[claim] = symbol
            page = self._page(made, *self._notes(made), [sentence])
            made.cases.append(Case(page=page, hypothesis=claim, way=way))

    def _named(self, sentence: Callable[[str], str], turn: int) -> tuple[str, str, str]:
        gene = self._gene()
        return gene, self._aliases(gene)[-1] if turn % 3 == 2 else gene, sentence(gene)

    def _word(self, word: str, templates: Sequence[str]) -> tuple[str, str, str]:
        self.used.add(word)
        return word, word, self.drawn.choice(templates).format(word, word.lower())

    def _through_a_disease(self, made: Half, way: str) -> None:
        symbol, disease = self._pair()
        claim = self._claim(made, symbol, disease)
        self.targets[claim] = symbol
        if way == "disease":
            page = self._page(made, "disease", disease, [])
        else:
            other = min(self._others(disease))
            self.used.add(other)
            page = self._page(made, "gene", other, [f"{other} is discussed as a factor in {disease}."])
        made.cases.append(Case(page=page, hypothesis=claim, way=way))

    def _ambiguous(self, made: Half, way: str) -> None:
        bearers, alias = next(
            (sorted(those), name) for name in self.shared if self._apart(those := self._bearers(name))
        )
        self.used |= set(bearers)
        target, named = (bearers[0], alias) if way == "ambiguous" else (alias, bearers[0])
        claim = self._claim(made, target, None)
        page = self._page(made, *self._notes(made), [self._mention(named)])
        made.cases.append(Case(page=page, hypothesis=claim, way=way))

    def _bearers(self, name: str) -> frozenset[str]:
        return self.known.bearers[name.casefold()]

    def _apart(self, symbols: frozenset[str]) -> bool:
        """Nothing else in either half is about one of them, and none goes with a disease of this half."""
        return not symbols & self.used and not any(self._diseases(symbol) & self.diseases for symbol in symbols)

    def _claim(self, made: Half, target: str, disease: str | None) -> str:
        title, statement = self.drawn.choice(CLAIMS)
        where = disease or "ageing brains"
        common = f" {self.drawn.choice(BOILERPLATE)}" if len(made.hypotheses) % 3 == 0 else ""
        title, statement = title.format(target, where), statement.format(target, where) + common
        name = derived_hypothesis_id(title, statement)
        made.hypotheses.append({"id": name, "title": title, "statement": statement, "targets": [target]})
        return name

    def _page(self, made: Half, kind: str, title: str, sentences: list[str]) -> str:
        name = f"{kind}s-{slug(title)}"
        prose = self.drawn.sample(NEUTRAL, 6) + sentences
        self.drawn.shuffle(prose)
        paragraphs = [f"{title}: {self.drawn.choice(BOILERPLATE)}", " ".join(prose[:3]), " ".join(prose[3:])]
        table = f"| key | value |\n|---|---|\n| slug | {name} |\n| entity_type | {kind} |\n"
        made.pages[name] = f"# {title}\n\n" + "\n\n".join(paragraphs) + f"\n\n## Metadata\n\n{table}"
        return name

    @staticmethod
    def _notes(made: Half) -> tuple[str, str]:
        return "mechanism", f"Notes on glial stress {made.name} {len(made.pages) + 1}"

    def _mention(self, name: str) -> str:
        return self.drawn.choice(MENTIONS).format(name)

    def _gene(self) -> str:
        """A gene that nothing else in either half is about, and that goes with no disease of this half."""
        found = next(
            s
            for s in self.genes
            if s not in self.used and not self.known.diseases_of.get(s, frozenset()) & self.diseases
        )
        self.used.add(found)
        return found

    def _pair(self) -> tuple[str, str]:
        """A gene and a disease, such that no target so far goes with the disease, nor the gene with a disease so far."""
        taken = self.avoided.union(*(self._diseases(symbol) for symbol in self.targets.values()))
        for symbol, disease in self.pairs:
            fresh = symbol not in self.used and disease not in self.used and _plain(symbol, self.known)
            apart = disease.casefold() not in taken and not self._diseases(symbol) & self.diseases
            if fresh and apart and len(self._others(disease) - {symbol}) > 0:
                self.used |= {symbol, disease}
                self.diseases.add(disease.casefold())
                return symbol, disease
        raise LookupError("there are not enough diseases for so many cases")

    def _others(self, disease: str) -> set[str]:
        return {s for s, d in self.pairs if d == disease and s not in self.used and self.known.only(s)}

    def _diseases(self, symbol: str) -> frozenset[str]:
        return self.known.diseases_of.get(symbol, frozenset())

    def _aliases(self, symbol: str) -> list[str]:
        return [name for name in self.known.synonyms.get(symbol, ()) if _plain(name, self.known)]


def _plain(name: str, known: Knowledge) -> bool:
    """One gene bears it, and with a digit among letters it is no word of any language."""
    letters = sum(character.isalpha() for character in name)
    digits = any(character.isdigit() for character in name)
    return known.only(name) and letters >= 3 and digits and len(name) >= 4 and not name.startswith("LOC")


def _shared(name: str, known: Knowledge) -> bool:
    mixed = len(name) >= 4 and any(map(str.isdigit, name)) and any(map(str.isalpha, name))
    return mixed and len(known.bearers[name.casefold()]) > 1 and name not in known.symbols

"""Files of names: gene symbols, disease names, gene-disease associations, and lists of one's own.

What a file is is told by its first line. Each reader yields one row's meaning, or raises ValueError with a reason.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

from exchange.domain.identity import kind_path
from exchange.domain.nomenclature import Association, Described, Nomenclature
from exchange.errors import InputError

_CURIE = re.compile(r"[A-Za-z][\w.-]*:[\w.:-]+")
_SLUG = re.compile(r"[A-Za-z0-9][\w.-]*")
_LONGEST_NAME = 300
_KNOWLEDGE_COLUMNS = 7
_OWN = ("kind", "name", "slug", "aliases", "curie")
_Row = Described | Association
_Reader = Callable[[Sequence[str]], _Row | None]


def is_nomenclature(text: str) -> bool:
    """Does the file's first line say that it holds names, and no hypotheses?"""
    return _reader(text.split("\n", 1)[0]) is not None


def read_nomenclature(text: str, name: str) -> Nomenclature:
    """All that the file says. Raises InputError naming the line of the first row that does not fit."""
    first = text.split("\n", 1)[0]
    chosen = _reader(first)
    if chosen is None:
        raise InputError(
            f"{name}, line 1: no list of names that is known here begins so. A list of your own is CSV with the columns "
            f"{', '.join(_OWN)}. Nothing was imported."
        )
    reader, headed = chosen
    rows = list(_rows(text, name, reader, headed))
    if not rows:
        raise InputError(f"{name} holds no names.")
    return Nomenclature(
        entities=tuple(_joined(row for row in rows if isinstance(row, Described))),
        associations=tuple(dict.fromkeys(row for row in rows if isinstance(row, Association))),
    )


def _rows(text: str, name: str, reader: _Reader, headed: bool) -> Iterator[_Row]:
    tabs = "\t" in text.split("\n", 1)[0]
    cells = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if tabs else ",", strict=True)
    width = 0
    try:
        for row in cells:
            width = width or len(row)
            if not row or (headed and cells.line_num == 1):
                continue
            if len(row) != width:
                raise ValueError(f"there are {len(row)} columns, not {width}")
            if read := reader([" ".join(cell.split()) for cell in row]):
                yield read
    except (csv.Error, ValueError) as error:
        raise InputError(f"{name}, line {cells.line_num}: {error}. Nothing was imported.") from error


def _reader(first: str) -> tuple[_Reader, bool] | None:
    """Who reads a file that begins so, and whether that line is a header."""
    columns = tuple(column.strip().strip('"') for column in first.split("\t"))
    if columns in _HEADERS:
        return _HEADERS[columns], True
    if len(columns) == _KNOWLEDGE_COLUMNS and columns[0].startswith("ENSP"):
        return _knowledge, False
    own = [column.strip() for column in next(csv.reader([first]), [])]
    if {"kind", "name"} <= set(own) <= set(_OWN) and len(set(own)) == len(own):
        return lambda row: _own(dict(zip(own, row, strict=True))), True
    return None


def _gene(row: Sequence[str]) -> Described:
    number, kind, name = row
    if not number.isdigit():
        raise ValueError(f"{number!r} is no GeneID")
    if kind not in ("symbol", "synonym"):
        raise ValueError(f"the type {kind!r} is neither symbol nor synonym")
    return _called("genes", name, f"NCBIGene:{number}", official=kind == "symbol")


def _label(row: Sequence[str]) -> Described:
    return _called("diseases", row[1], _curie(row[0]), official=True)


def _term(row: Sequence[str]) -> Described | None:
    curie, name, kind = row
    if kind not in ("name", "exact-synonym", "narrow-synonym", "related-synonym"):
        raise ValueError(f"the type {kind!r} is neither name nor synonym")
    # Narrow and related synonyms are names of something else.
    return (
        _called("diseases", name, _curie(curie), official=kind == "name") if kind in ("name", "exact-synonym") else None
    )


def _gwas(row: Sequence[str]) -> Association:
    gene = _called("genes", row[7], f"NCBIGene:{row[6]}", official=True)
    disease = _called("diseases", row[1], _curie(row[0]), official=True)
    return Association(gene, disease, f"GWAS Catalog: {'high' if row[3] == '1' else 'low'} confidence")


def _knowledge(row: Sequence[str]) -> Association | None:
    if not row[2].startswith("DOID:"):
        return None
    gene = _called("genes", row[1], None, official=True)
    return Association(gene, _called("diseases", row[3], _curie(row[2]), official=True), f"DISEASES: {row[4]}")


def _own(row: dict[str, str]) -> Described:
    curie, slug = row.get("curie") or None, row.get("slug") or None
    if slug and not _SLUG.fullmatch(slug):
        raise ValueError(f"{slug!r} is no slug: letters, digits, dots and hyphens")
    if not row["kind"]:
        raise ValueError("there is no kind")
    synonyms = tuple(_name(part.strip()) for part in row.get("aliases", "").split(";") if part.strip())
    return Described(kind_path(row["kind"]), _name(row["name"]), _curie(curie) if curie else None, slug, synonyms)


_HEADERS: dict[tuple[str, ...], _Reader] = {
    ("GeneID", "type", "symbol"): _gene,
    ("id", "label", "subClassOf"): _label,
    ("doid", "name", "type"): _term,
    ("doid_code", "doid_name", "locus", "high_confidence", "primary", "status", "gene", "symbol"): _gwas,
}


def _called(path: str, name: str, curie: str | None, official: bool) -> Described:
    _name(name)
    return Described(path, name, curie) if official else Described(path, None, curie, synonyms=(name,))


def _name(name: str) -> str:
    if not name:
        raise ValueError("there is no name")
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"a name has {len(name)} letters; it may have {_LONGEST_NAME}")
    return name


def _curie(text: str) -> str:
    if not _CURIE.fullmatch(text):
        raise ValueError(f"{text!r} is no identifier such as DOID:14330")
    return text


def _joined(rows: Iterator[Described]) -> Iterator[Described]:
    """One entity for each identifier: its first name, and all else as synonyms; those without one as they are."""
    groups: dict[object, list[Described]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(row.curie or number, []).append(row)
    for group in groups.values():
        names = [row.name for row in group if row.name]
        others = dict.fromkeys([*names[1:], *(synonym for row in group for synonym in row.synonyms)])
        slug = next((row.slug for row in group if row.slug), None)
        yield Described(group[0].path, names[0] if names else None, group[0].curie, slug, tuple(others))

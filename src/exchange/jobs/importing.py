"""Files -> entities, pages and hypotheses in the store. All files are read, and refused, before a row is written."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from exchange.domain.alias import Alias
from exchange.domain.counted import counted
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.nomenclature import Nomenclature
from exchange.domain.page import Listed, Page
from exchange.domain.score import Score, State
from exchange.errors import InputError
from exchange.jobs.files import HypothesisRow, read_rows
from exchange.jobs.nomenclatures import is_nomenclature, read_nomenclature
from exchange.jobs.relating import link, relate
from exchange.jobs.taking_turns import turn
from exchange.jobs.transcripts import SUFFIX, Transcript, import_transcripts, read_transcripts
from exchange.pages.links import from_root
from exchange.pages.parse import own_entity, parse
from exchange.pages.text import LARGEST, decode
from exchange.scoring.policy import IMPORTED
from exchange.store import entities, hypotheses, linking, pages, relations, scores
from exchange.store.clock import now
from exchange.store.engine import Store, Transaction

_JSON_LINES = frozenset({".jsonl", ".ndjson"})
_CSV = ".csv"
_TABLES = frozenset({_CSV, ".tsv"})
_PACKED = ".gz"
_PAGES = frozenset({".md", ".markdown", ".txt"})
_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class Imported:
    """One file's outcome in a sentence; `changed` is False if all of it was stored already."""

    path: str
    changed: bool
    said: str


@dataclass(frozen=True, kw_only=True)
class _File:
    path: Path
    page: Page | None = None
    rows: Sequence[HypothesisRow] = ()
    debates: Sequence[Transcript] = ()
    names: Nomenclature | None = None


def import_files(store: Store, files: Sequence[_File]) -> list[Imported]:
    """Stores what `read_files` read, names first, and relates hypotheses to pages.

    Names that more than one entity bears are reported, not guessed.
    """
    with turn(store) as mine:
        before = _names(store)
        names = [_import_names(store, file.path, file.names) for file in files if file.names]
        outcomes = [_import_one(store, file) for file in files if not file.names]
        found = link(store, before)
        relate(store, mine)
    return [*names, *outcomes, *(Imported(path=each.where, changed=False, said=each.said) for each in found)]


def _names(store: Store) -> list[Alias] | None:
    """The names that there are; None where texts are not linked by them yet, since an import was stopped."""
    with store.reading() as transaction:
        names = entities.aliases(transaction)
        return names if linking.up_to_date(transaction, names) else None


def _import_one(store: Store, file: _File) -> Imported:
    if file.page:
        return _import_page(store, file.path, file.page)
    return _import_debates(store, file) if file.debates else _import_rows(store, file.path, file.rows)


def _import_debates(store: Store, file: _File) -> Imported:
    new = import_transcripts(store, file.debates)
    read = counted(len(file.debates), "debate")
    said = f"{read}, {new:,} of them new" if new else f"{read}: nothing changed"
    return Imported(path=str(file.path), changed=new > 0, said=said)


def _import_names(store: Store, path: Path, names: Nomenclature) -> Imported:
    with store.writing() as transaction:
        made, called, associated = entities.add(transaction, names)
        if associated:
            relations.set_due(transaction)
    if not made + called + associated:
        return Imported(path=str(path), changed=False, said="names: nothing changed")
    said = f"{made:,} new entities, {called:,} new names, {associated:,} new associations"
    return Imported(path=str(path), changed=True, said=said)


def read_files(paths: Sequence[Path], site: str = "") -> list[_File]:
    """Every file, a folder's files in order of their names; links of pages below `site` are the wiki's own.

    Raises InputError for the first that cannot be taken in.
    """
    found = [file for path in paths for file in _files(path)]
    if not found:
        raise InputError(
            f"There is nothing to import in {', '.join(map(str, paths))}: no .md, .txt, .jsonl, .csv or .tsv file."
        )
    files = [_read(path, site) for path in found]
    slugs: dict[str, Path] = {}
    for file in files:
        if file.page and slugs.setdefault(file.page.slug, file.path) != file.path:
            raise InputError(
                f"{slugs[file.page.slug]} and {file.path} are both the page {file.page.slug}. Nothing was imported."
            )
    return files


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise InputError(f"{path} cannot be read: No such file or directory.")
    if not path.is_dir():
        yield path
        return
    known = _PAGES | _JSON_LINES | _TABLES
    yield from sorted(each for each in path.rglob("*") if _kind(each) in known and each.is_file())


def _kind(path: Path) -> str:
    """The suffix that says what is in the file."""
    return Path(path.stem).suffix.lower() if path.suffix.lower() == _PACKED else path.suffix.lower()


def _read(path: Path, site: str) -> _File:
    kind = _kind(path)
    content = _content(path)
    if kind not in _PAGES | _JSON_LINES | _TABLES:
        raise InputError(
            f"{path} is neither a page (.md, .txt), a file of hypotheses (.jsonl, .csv), nor one of names (.csv, .tsv)."
        )
    text = decode(content, str(path))
    if path.name.lower().removesuffix(_PACKED).endswith(SUFFIX):
        return _File(path=path, debates=read_transcripts(text, str(path)))
    if kind in _TABLES and (kind != _CSV or is_nomenclature(text)):
        return _File(path=path, names=read_nomenclature(text, str(path)))
    if kind in _JSON_LINES or kind == _CSV:
        return _File(path=path, rows=read_rows(text, str(path), kind == _CSV))
    name = path.name.split(".")[0] if path.suffix.lower() == _PACKED else path.stem
    return _File(path=path, page=parse(from_root(site, text), name))


def _content(path: Path) -> bytes:
    try:
        if path.suffix.lower() != _PACKED:
            return path.read_bytes()
        with gzip.open(path) as file:
            return file.read(LARGEST + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"{path} is no whole gzip file: {error}. Nothing was imported.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def _import_page(store: Store, path: Path, page: Page) -> Imported:
    with store.writing() as transaction:
        changed = pages.save(transaction, page, own_entity(page))
        for listed in page.listed:
            changed |= _import_listed(transaction, page, listed)
    if not changed:
        return Imported(path=str(path), changed=False, said=f"page {page.slug}: nothing changed")
    parts = [
        counted(len(page.passages), "passage"),
        counted(len(page.links), "linked entity", "linked entities"),
        f"{counted(len(page.cited), 'cited key')} ({len(page.missing_references)} without a reference)",
        f"{counted(len(page.listed), 'hypothesis', 'hypotheses')} listed",
    ]
    return Imported(path=str(path), changed=True, said=f"page {page.slug}: {', '.join(parts)}")


def _import_listed(transaction: Transaction, page: Page, listed: Listed) -> bool:
    """What a page says of a hypothesis adds to the store and changes nothing that it knows."""
    changed = False
    if hypotheses.stored(transaction, listed.hypothesis) is None:
        new = Hypothesis(id=listed.hypothesis, title=listed.title, targets=listed.targets)
        changed = hypotheses.save(transaction, new)
    changed |= hypotheses.list_on(transaction, page.slug, listed.hypothesis)
    origin = f"{page.listed_by or 'the list'} on {page.slug}"
    return _import_score(transaction, listed.hypothesis, listed.score, origin) or changed


def _import_score(transaction: Transaction, hypothesis: str, value: float | None, origin: str) -> bool:
    before = scores.imported(transaction, hypothesis, origin)
    if value is None or (before and before.score.value == value):
        return False
    score = Score(state=State.SCORED, value=value, policy=IMPORTED, policy_digest="")
    event = ScoreEvent(hypothesis=hypothesis, cause=Cause.IMPORTED, score=score, at=now(), origin=origin)
    scores.append(transaction, event)
    return True


def _import_rows(store: Store, path: Path, rows: Sequence[HypothesisRow]) -> Imported:
    new = 0
    for start in range(0, len(rows), _CHUNK):
        with store.writing() as transaction:
            new += sum(_import_row(transaction, row) for row in rows[start : start + _CHUNK])
    read = counted(len(rows), "hypothesis", "hypotheses")
    said = f"{read}, {new:,} of them new or changed" if new else f"{read}: nothing changed"
    return Imported(path=str(path), changed=new > 0, said=said)


def _with_what_is_known(transaction: Transaction, row: HypothesisRow) -> Hypothesis:
    """The row's hypothesis; of a column that the row lacks, what is stored already is kept."""
    hypothesis = row.hypothesis()
    before = hypotheses.stored(transaction, hypothesis.id)
    lacking = {"statement", "targets"} - row.model_fields_set
    return hypothesis.model_copy(update={name: getattr(before, name) for name in lacking}) if before else hypothesis


def _import_row(transaction: Transaction, row: HypothesisRow) -> bool:
    hypothesis = _with_what_is_known(transaction, row)
    changed = hypotheses.save(transaction, hypothesis)
    for page in row.pages:
        changed |= hypotheses.list_on(transaction, page, hypothesis.id)
    return _import_score(transaction, hypothesis.id, row.score, row.origin or "") or changed

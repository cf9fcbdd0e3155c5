"""Files -> pages and hypotheses in the store. All files are read, and refused, before a row is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.page import Listed, Page
from exchange.domain.score import Score, State
from exchange.errors import InputError
from exchange.jobs.files import HypothesisRow, read_rows
from exchange.jobs.transcripts import SUFFIX, Transcript, import_transcripts, read_transcripts
from exchange.linking.targets import resolve
from exchange.pages.parse import own_entity, parse
from exchange.pages.text import decode
from exchange.scoring.policy import IMPORTED
from exchange.store import hypotheses, pages, scores
from exchange.store.clock import now
from exchange.store.engine import Store, Transaction

_JSON_LINES = frozenset({".jsonl", ".ndjson"})
_CSV = ".csv"
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
    page: Page | None
    rows: Sequence[HypothesisRow] = ()
    debates: Sequence[Transcript] = ()


def import_files(store: Store, files: Sequence[_File]) -> list[Imported]:
    """Stores what `read_files` read; names that more than one entity bears are reported, not guessed."""
    return [_import_file(store, file) for file in files] + _link_targets(store)


def _import_file(store: Store, file: _File) -> Imported:
    if file.page:
        return _import_page(store, file.path, file.page)
    return _import_debates(store, file) if file.debates else _import_rows(store, file.path, file.rows)


def _import_debates(store: Store, file: _File) -> Imported:
    new = import_transcripts(store, file.debates)
    said = f"{len(file.debates)} debates, {new} of them new" if new else f"{len(file.debates)} debates: nothing changed"
    return Imported(path=str(file.path), changed=new > 0, said=said)


def read_files(paths: Sequence[Path]) -> list[_File]:
    """Every file, a folder's files in order of their names. Raises InputError for the first that cannot be taken in."""
    found = [file for path in paths for file in _files(path)]
    if not found:
        raise InputError(
            f"There is nothing to import in {', '.join(map(str, paths))}: no .md, .txt, .jsonl or .csv file."
        )
    files = [_read(path) for path in found]
    slugs: dict[str, Path] = {}
    for file in files:
        if file.page and slugs.setdefault(file.page.slug, file.path) != file.path:
            raise InputError(
                f"{slugs[file.page.slug]} and {file.path} are both the page {file.page.slug}. Nothing was imported."
            )
    return files


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    known = _PAGES | _JSON_LINES | {_CSV}
    yield from sorted(each for each in path.rglob("*") if each.suffix.lower() in known and each.is_file())


def _read(path: Path) -> _File:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    kind = path.suffix.lower()
    if kind not in _PAGES | _JSON_LINES | {_CSV}:
        raise InputError(f"{path} is neither a page (.md, .txt) nor a file of hypotheses (.jsonl, .csv).")
    text = decode(content, str(path))
    if path.name.lower().endswith(SUFFIX):
        return _File(path=path, page=None, debates=read_transcripts(text, str(path)))
    if kind in _JSON_LINES or kind == _CSV:
        return _File(path=path, page=None, rows=read_rows(text, str(path), kind == _CSV))
    return _File(path=path, page=parse(text, path.stem))


def _import_page(store: Store, path: Path, page: Page) -> Imported:
    with store.writing() as transaction:
        changed = pages.save(transaction, page, own_entity(page))
        for listed in page.listed:
            changed |= _import_listed(transaction, page, listed)
    if not changed:
        return Imported(path=str(path), changed=False, said=f"page {page.slug}: nothing changed")
    parts = [
        f"{len(page.passages)} passages",
        f"{len(page.links)} linked entities",
        f"{len(page.cited)} cited keys ({len(page.missing_references)} without a reference)",
        f"{len(page.listed)} hypotheses listed",
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
    said = (
        f"{len(rows)} hypotheses, {new} of them new or changed" if new else f"{len(rows)} hypotheses: nothing changed"
    )
    return Imported(path=str(path), changed=new > 0, said=said)


def _import_row(transaction: Transaction, row: HypothesisRow) -> bool:
    hypothesis = row.hypothesis()
    changed = hypotheses.save(transaction, hypothesis)
    for page in row.pages:
        changed |= hypotheses.list_on(transaction, page, hypothesis.id)
    return _import_score(transaction, hypothesis.id, row.score, row.origin or "") or changed


def _link_targets(store: Store) -> list[Imported]:
    """Links every target to the one entity that bears its name; several that do are named instead."""
    ambiguous, changed = {}, []
    with store.reading() as transaction:
        aliases, rows = pages.aliases(transaction), pages.entity_ids(transaction)
        for hypothesis, name, linked in hypotheses.targets(transaction):
            link = resolve(name, aliases)
            if link.ambiguous:
                ambiguous[name] = link.candidates
            entity = rows[link.entity] if link.entity else None
            if entity != linked:
                changed.append((hypothesis, name, entity))
    for start in range(0, len(changed), _CHUNK):
        with store.writing() as transaction:
            for hypothesis, name, entity in changed[start : start + _CHUNK]:
                hypotheses.link_target(transaction, hypothesis, name, entity)
    return [
        Imported(path=name, changed=False, said=f"the target {name} is ambiguous: {', '.join(candidates)}; not linked")
        for name, candidates in sorted(ambiguous.items())
    ]

"""`exchange list`."""

import json as codec
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import typer

from exchange.cli.words import standing, tame
from exchange.config import Settings, settings
from exchange.jobs.orders import Choice
from exchange.jobs.standings import Row, rows
from exchange.store.engine import Store, open_store
from exchange.store.pages import slugs_and_titles


def run(pages: bool, choice: Choice, db: str | None, json: bool) -> None:
    """Prints a line for each hypothesis or page, its columns separated by tabs; says on stderr where there is none."""
    if pages and choice != Choice():
        raise typer.BadParameter("--pages lists all pages by their slugs; leave the other options out")
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        if json:
            print(codec.dumps(_records(store, chosen, None if pages else choice), ensure_ascii=False, indent=2))
        elif not _print(_pages(store) if pages else map(_line, rows(store, chosen, choice))):
            print("There is none to list.", file=sys.stderr)
    finally:
        store.close()


def _print(lines: Iterable[str]) -> int:
    """Each line as soon as it is known, so that a long list begins at once; how many there were."""
    count = 0
    for line in lines:
        print(line)
        count += 1
    return count


def _pages(store: Store) -> Iterator[str]:
    return (f"{slug}\t{tame(title)}" for slug, title in slugs_and_titles(store))


def _records(store: Store, settings: Settings, choice: Choice | None) -> list[dict[str, Any]]:
    """The hypotheses of the choice; without one, the pages."""
    if choice is None:
        return [{"slug": slug, "title": title} for slug, title in slugs_and_titles(store)]
    return [row.model_dump(mode="json") for row in rows(store, settings, choice)]


def _line(row: Row) -> str:
    place = row.ranks.overall
    columns = [row.id, standing(row), row.title, f"{place.rank} of {place.of}" if place else "", "; ".join(_notes(row))]
    return "\t".join(map(tame, columns))


def _notes(row: Row) -> list[str]:
    notes = ["withdrawn"] if row.withdrawn else []
    if row.out_of_date:
        notes.append(f"out of date: {', '.join(row.out_of_date)}")
    if row.unfinished:
        notes.append(f"unfinished debate {row.unfinished}")
    return notes

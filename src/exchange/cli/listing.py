"""`exchange list`."""

import json as codec
import sys
from dataclasses import dataclass
from typing import Any

import typer

from exchange.cli.words import standing, tame
from exchange.config import Settings, settings
from exchange.jobs.orders import Shown, Sort, ordered, picked
from exchange.jobs.standings import Row, rows
from exchange.store.engine import Store, open_store
from exchange.store.pages import slugs_and_titles


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which hypotheses are listed, and in which order; `exact` compares every part of what their scores rest on."""

    sort: Sort = Sort.SCORE
    reverse: bool = False
    target: str | None = None
    state: Shown | None = None
    limit: int | None = None
    exact: bool = False


def run(pages: bool, choice: Choice, db: str | None, json: bool) -> None:
    """Prints a line for each hypothesis or page, its columns separated by tabs; says on stderr where there is none."""
    if pages and choice != Choice():
        raise typer.BadParameter("--pages lists all pages by their slugs; leave the other options out")
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        found, lines = _pages(store) if pages else _hypotheses(store, chosen, choice)
    finally:
        store.close()
    if json:
        print(codec.dumps(found, ensure_ascii=False, indent=2))
        return
    for line in lines:
        print(line)
    if not lines:
        print("There is none to list.", file=sys.stderr)


def _pages(store: Store) -> tuple[list[dict[str, Any]], list[str]]:
    found = slugs_and_titles(store)
    return [{"slug": slug, "title": title} for slug, title in found], [
        f"{slug}\t{tame(title)}" for slug, title in found
    ]


def _hypotheses(store: Store, settings: Settings, choice: Choice) -> tuple[list[dict[str, Any]], list[str]]:
    everything = ordered(rows(store, settings, choice.exact), choice.sort, choice.reverse)
    found = picked(everything, choice.target, choice.state, choice.limit)
    return [row.model_dump(mode="json") for row in found], [_line(row) for row in found]


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

"""`exchange list`."""

import json as codec
from typing import Any

from exchange.cli.words import standing, tame
from exchange.config import Settings, settings
from exchange.jobs.showing import standings
from exchange.store.engine import Store, open_store
from exchange.store.pages import slugs_and_titles


def run(pages: bool, db: str | None, json: bool) -> None:
    """Prints a line for each hypothesis or page, separated by tabs."""
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        rows, lines = _pages(store) if pages else _hypotheses(store, chosen)
    finally:
        store.close()
    if json:
        print(codec.dumps(rows, ensure_ascii=False, indent=2))
        return
    print("\n".join(lines))


def _pages(store: Store) -> tuple[list[dict[str, Any]], list[str]]:
    found = slugs_and_titles(store)
    return [{"slug": slug, "title": title} for slug, title in found], [
        f"{slug}\t{tame(title)}" for slug, title in found
    ]


def _hypotheses(store: Store, chosen: Settings) -> tuple[list[dict[str, Any]], list[str]]:
    items = standings(store, chosen)
    lines = [f"{item.id}\t{standing(item)}\t{tame(item.title)}" for item in items]
    return [item.model_dump(mode="json") for item in items], lines

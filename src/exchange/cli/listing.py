"""`exchange list`."""

import json as codec

from exchange.cli.words import standing, tame
from exchange.config import settings
from exchange.jobs.showing import standings
from exchange.store.engine import open_store
from exchange.store.pages import slugs_and_titles


def run(pages: bool, db: str | None, json: bool) -> None:
    """Prints a line for each hypothesis or page, separated by tabs."""
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        rows = (
            _pages(slugs_and_titles(store))
            if pages
            else [item.model_dump(mode="json") for item in standings(store, chosen)]
        )
        lines = (
            [f"{row['slug']}\t{tame(row['title'])}" for row in rows]
            if pages
            else [f"{item.id}\t{standing(item)}\t{tame(item.title)}" for item in standings(store, chosen)]
        )
    finally:
        store.close()
    print(codec.dumps(rows, ensure_ascii=False, indent=2) if json else "\n".join(lines))


def _pages(rows: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"slug": slug, "title": title} for slug, title in rows]

"""`exchange relate`."""

import json as codec

import typer

from exchange.cli.words import tame
from exchange.config import settings
from exchange.domain.counted import counted
from exchange.domain.identity import hypothesis_id
from exchange.jobs.relating import decide, relate_anew
from exchange.pages.words import reason
from exchange.store import relations
from exchange.store.engine import open_store


def run(hypothesis: str | None, page: str | None, because: str | None, never: bool, db: str | None, json: bool) -> None:
    """Without names, makes all relations anew; with a hypothesis and a page, stores a curator's word on the two."""
    if (hypothesis is None) != (page is None):
        raise typer.BadParameter("name a hypothesis and a page, or neither to relate everything anew")
    if hypothesis is None and (because is not None or never):
        raise typer.BadParameter("--because and --never are about one hypothesis on one page: name both")
    if never and because is not None:
        raise typer.BadParameter("--because is the reason that a page shows, and with --never it shows nothing")
    store = open_store(settings(db=db).database, create=True)
    try:
        if hypothesis is None or page is None:
            pages = relate_anew(store)
            said: dict[str, object] = {
                "pages": pages,
                "said": f"The relations of {counted(pages, 'page')} were made anew.",
            }
        else:
            name, slug = decide(store, hypothesis_id(hypothesis), page, because, never)
            found = [each for where, each in relations.related(store, hypothesis=name) if where == slug]
            reasons = [reason(why, *names) for each in found for why, names in each.reasons]
            shown = f"{slug} shows {name}: {'; '.join(reasons)}." if reasons else f"{slug} does not show {name}."
            said = {"hypothesis": name, "page": slug, "reasons": reasons, "said": shown}
    finally:
        store.close()
    print(codec.dumps(said, ensure_ascii=False, indent=2) if json else tame(str(said["said"])))

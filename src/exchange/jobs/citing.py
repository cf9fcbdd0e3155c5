"""What is stored under a name, as others cite it or embed it."""

from exchange.config import Settings, bands
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.identity import hypothesis_id
from exchange.domain.page import Page
from exchange.errors import InputError
from exchange.pages.addresses import hypothesis_url, page_url
from exchange.pages.cite import Citable
from exchange.pages.related import shown
from exchange.store import hypotheses, pages, versions
from exchange.store.engine import Store


def named(store: Store, name: str) -> Hypothesis | Page:
    """The hypothesis with that id, or the page with that slug, artifact id or wiki_page_id. Raises NotFound."""
    try:
        wanted = hypothesis_id(name)
    except InputError:
        return pages.page(store, name)
    return hypotheses.hypothesis(store, wanted)


def address(found: Hypothesis | Page, site: str) -> str:
    """Where the wiki shows it; relative where `site` is ""."""
    return page_url(site, found) if isinstance(found, Page) else hypothesis_url(site, found.id)


def citable(store: Store, name: str, chosen: Settings) -> Citable:
    """The version that is stored now: a page's text, or a hypothesis's current score event. Raises NotFound."""
    found = named(store, name)
    url = address(found, chosen.site) if chosen.site else None
    if isinstance(found, Page):
        version = versions.of_page(store, found)
        return Citable(name=found.slug, title=found.title, at=version.at, digest=version.digest, url=url)
    current = versions.current_event(store, found.id)
    version, event = current or (versions.of_hypothesis(store, found), None)
    stands = shown(found, event, (), None, chosen.site, bands())
    return Citable(
        name=found.id,
        title=found.title,
        at=version.at,
        digest=version.digest,
        number=version.number,
        url=url,
        note=". ".join(filter(None, (" ".join((*stands.standing, *stands.marks)), _debated(stands.debate)))),
    )


def _debated(debate: str | None) -> str:
    return "AI debate, not curated" if debate else ""

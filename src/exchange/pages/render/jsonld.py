"""The page's hypotheses as linked data: claims and their reviews in the words of schema.org."""

import json as codec
from typing import Any

from exchange.domain.page import Page
from exchange.pages import links, words
from exchange.pages.related import Related, RelatedHypothesis

CONTEXT: list[Any] = ["https://schema.org", {"exchange": "urn:exchange:terms:"}]
"""What schema.org has no word for stands under `exchange:`, named as in the JSON of `related`."""
_OWN = ("state", "low", "high", "certainty", "neighbour")
# Inside a script element these could end it, or begin a comment.
_IN_HTML = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def jsonld(page: Page, related: Related, site: str) -> str:
    """A WebPage about Claims, and of each that has a number a ClaimReview; safe inside a script element of a page.

    A rating is from 0 to 1. The author of an imported score is who gave it.
    """
    reviews = [_review(each, site) for each in related.hypotheses if each.value is not None]
    about = [{"@id": _claim_id(each)} for each in related.hypotheses]
    head = {"@type": "WebPage", "@id": f"urn:exchange:page:{page.slug}", "name": page.title, "about": about}
    problem = {"disambiguatingDescription": related.problem} if related.problem else {}
    claims = [_claim(each, site) for each in related.hypotheses]
    graph = [head | problem, *claims, *reviews]
    text = codec.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=2)
    return text.translate(_IN_HTML) + "\n"


def _claim_id(item: RelatedHypothesis) -> str:
    return f"urn:exchange:hypothesis:{item.id}"


def _claim(item: RelatedHypothesis, site: str) -> dict[str, Any]:
    url = _absolute(item.url)
    return {
        "@type": "Claim",
        "@id": _claim_id(item),
        "identifier": item.id,
        "name": item.title,
        **({"url": url} if url else {}),
        "about": [{"@type": "Thing", "name": target} for target in item.targets],
        "exchange:state": item.state,
        "exchange:reasons": list(item.reasons),
        **_placed(item),
        **({"exchange:outcome": item.outcome.resolution.value} if item.outcome else {}),
        **(_debated(item, site) | {"exchange:marks": list(item.marks)} if item.value is None else {}),
    }


def _placed(item: RelatedHypothesis) -> dict[str, Any]:
    """How it stands to the page and to the others there, as far as there is anything to tell."""
    others = {
        "exchange:relevance": item.relevance,
        "exchange:curated": item.curated or None,
        "exchange:direction": item.direction,
        "exchange:opposes": item.opposes and {"@id": f"urn:exchange:hypothesis:{item.opposes}"},
        "exchange:like": [{"@id": f"urn:exchange:hypothesis:{each.id}"} for each in item.like],
    }
    return {name: value for name, value in others.items() if value}


def _debated(item: RelatedHypothesis, site: str) -> dict[str, Any]:
    """The debate that has given no number: what of one that has stands in its review."""
    known = {
        "exchange:debate": _absolute(links.debate(site, item.debate)) or item.debate,
        "exchange:at": item.at and item.at[:10],
        "disambiguatingDescription": words.NOT_CURATED if item.debate else None,
    }
    return {name: value for name, value in known.items() if value}


def _review(item: RelatedHypothesis, site: str) -> dict[str, Any]:
    """Of what has a number."""
    url = _absolute(links.debate(site, item.debate))
    known = {
        "datePublished": item.at and item.at[:10],
        "url": url,
        "identifier": item.debate,
        "reviewBody": item.caution or None,
        "disambiguatingDescription": words.NOT_CURATED if item.debate else None,
    }
    return {
        "@type": "ClaimReview",
        "claimReviewed": item.title,
        "itemReviewed": {"@id": _claim_id(item)},
        "author": {"@type": "Organization", "name": "another site" if item.imported else "Exchange"},
        "reviewRating": _rating(item),
        "exchange:marks": list(item.marks),
        **{name: value for name, value in known.items() if value},
    }


def _rating(item: RelatedHypothesis) -> dict[str, Any]:
    band = {"alternateName": item.band.word, "exchange:shape": item.band.symbol} if item.band else {}
    own = {f"exchange:{name}": getattr(item, name) for name in _OWN if getattr(item, name) is not None}
    explained = " ".join(item.standing)
    return {
        "@type": "Rating",
        "ratingValue": item.value,
        "bestRating": 1,
        "worstRating": 0,
        "ratingExplanation": explained,
        **band,
        **own,
    }


def _absolute(url: str | None) -> str | None:
    """The address where it names its host: linked data has no place of its own that others could start from."""
    found = links.address(url or "")
    return found if found and "://" in found else None

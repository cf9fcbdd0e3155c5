"""The page and its related hypotheses as JSON."""

import json as codec
from typing import Any

from exchange.domain.page import Page
from exchange.pages.related import Related, RelatedHypothesis


def json(page: Page, related: Related, site: str) -> str:
    """An object with `schema_version`, `page` (all that was imported but its raw text), `related` and `legend`.

    Each of the related hypotheses has what is said of it in words too: `marks` and `standing`.
    """
    content = {
        "schema_version": related.schema_version,
        "site": site,
        "page": page.model_dump(mode="json", exclude={"source"}) | {"missing_references": page.missing_references},
        "related": related.model_dump(mode="json") | {"hypotheses": [*map(_told, related.hypotheses)]},
        "legend": related.legend,
    }
    return codec.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _told(item: RelatedHypothesis) -> dict[str, Any]:
    return item.model_dump(mode="json") | {"marks": [*item.marks], "standing": [*item.standing]}

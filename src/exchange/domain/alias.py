"""A name of an entity, and how it came to bear it."""

from enum import StrEnum
from typing import NamedTuple


class Given(StrEnum):
    """Who says so, the weightiest first: a list's names, its synonyms, a page's title, the words of a link, a slug."""

    NAME = "name"
    SYNONYM = "synonym"
    TITLE = "title"
    LINK = "link"
    SLUG = "slug"


class Alias(NamedTuple):
    """`entity` is the entity's key, `spelling` the name as it is written."""

    entity: str
    spelling: str
    given: Given

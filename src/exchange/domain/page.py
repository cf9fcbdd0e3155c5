"""What a page is about, what it says, and what it links to."""

from typing import Any

from pydantic import Field

from exchange.domain.noun import Noun


class Entity(Noun):
    """A gene, protein, disease …: `path` is the kind as links write it (`proteins`), `slug` is unique within it."""

    path: str
    slug: str
    name: str

    @property
    def key(self) -> str:
        """`path/slug`, the entity's one name."""
        return f"{self.path}/{self.slug}"


class Passage(Noun):
    """A paragraph or list item of a page: plain text, its section's heading, the reference keys that it cites."""

    section: str
    text: str
    keys: tuple[str, ...] = ()


class Listed(Noun):
    """A hypothesis as a page's Related Hypotheses section lists it."""

    hypothesis: str
    title: str
    targets: tuple[str, ...] = ()
    score: float | None = Field(default=None, ge=0, le=1)


class Page(Noun):
    """A wiki page after import.

    `body` is Markdown without the furniture that other fields hold; `source` is the text as it came (line ends
    normalised). `links` are distinct, in order of appearance, and `metadata` holds JSON values, never 'None'.
    """

    slug: str
    title: str
    kind: str | None = None
    body: str
    source: str
    infobox: tuple[tuple[str, str], ...] = ()
    links: tuple[Entity, ...] = ()
    passages: tuple[Passage, ...] = ()
    cited: tuple[str, ...] = ()
    references: dict[str, str] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)
    artifact: str | None = None
    listed: tuple[Listed, ...] = ()
    listed_by: str | None = None

    @property
    def missing_references(self) -> tuple[str, ...]:
        """The cited keys that the page's References section does not resolve."""
        return tuple(key for key in self.cited if key not in self.references)

"""What a list of names says: entities with their identifiers and synonyms, and which goes with which."""

from dataclasses import dataclass
from typing import NamedTuple


class Described(NamedTuple):
    """An entity as a list has it. `name` None says nothing of the name; `curie` is its identifier, as `NCBIGene:123`."""

    path: str
    name: str | None
    curie: str | None = None
    slug: str | None = None
    synonyms: tuple[str, ...] = ()


class Association(NamedTuple):
    """That two entities go with each other, and who says so."""

    one: Described
    other: Described
    source: str


@dataclass(frozen=True, kw_only=True)
class Nomenclature:
    """All that one file says."""

    entities: tuple[Described, ...] = ()
    associations: tuple[Association, ...] = ()

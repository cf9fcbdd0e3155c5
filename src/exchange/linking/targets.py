"""The entity that a hypothesis's target names."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from exchange.domain.identity import slug


@dataclass(frozen=True, kw_only=True)
class Link:
    """`entity` is the key of the one entity that bears the name; `candidates` are all that do, sorted."""

    name: str
    entity: str | None
    candidates: tuple[str, ...]

    @property
    def ambiguous(self) -> bool:
        """More than one entity bears the name, so that none is chosen."""
        return len(self.candidates) > 1


def resolve(name: str, aliases: Mapping[str, Set[str]]) -> Link:
    """Looks `name` up as it is, then as a slug; `aliases` maps casefolded names to entity keys.

    A slug that lost a letter (the Greek one of β-synuclein, say) is another name, and is not tried.
    """
    found = aliases.get(name.casefold()) or (aliases.get(slug(name)) if name.isascii() else None) or set()
    candidates = tuple(sorted(found))
    return Link(name=name, entity=candidates[0] if len(candidates) == 1 else None, candidates=candidates)

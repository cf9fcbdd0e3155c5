"""The entity that a name stands for; where several bear it, all of them and no guess."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exchange.domain.alias import Alias, Given
from exchange.domain.identity import slug

_LISTED = frozenset({Given.NAME, Given.SYNONYM})


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


class Aliases:
    """All names of all entities. Names are told apart without case, and with it where that decides."""

    def __init__(self, aliases: Iterable[Alias] = ()) -> None:
        self.by_name: dict[str, list[Alias]] = {}
        for alias in aliases:
            self.by_name.setdefault(alias.spelling.casefold(), []).append(alias)

    def bearers(self, name: str) -> tuple[str, ...]:
        """The keys of all entities that the name may stand for, sorted."""
        return _bearers(name, self.by_name.get(name.casefold(), ()))

    def bearers_in_any_case(self, name: str) -> tuple[str, ...]:
        """The same, as if the case in which it is written told nothing."""
        return _bearers(None, self.by_name.get(name.casefold(), ()))


def resolve(name: str, aliases: Aliases) -> Link:
    """Looks `name` up as it is, then as a slug.

    A slug that lost a letter (the Greek one of β-synuclein, say) is another name, and is not tried.
    """
    candidates = aliases.bearers(name) or (aliases.bearers(slug(name)) if name.isascii() else ())
    return Link(name=name, entity=candidates[0] if len(candidates) == 1 else None, candidates=candidates)


def _bearers(name: str | None, aliases: Sequence[Alias]) -> tuple[str, ...]:
    """What lists say counts before titles, links and slugs. Case decides between official names alone.

    An official name is its bearer's, though another entity has it as a synonym; where two others have, it is anybody's.
    """
    if len(aliases) == 1:
        return (aliases[0].entity,)
    counted = [alias for alias in aliases if alias.given in _LISTED] or aliases
    bearers = {alias.entity for alias in counted}
    names = [alias for alias in counted if alias.given is Given.NAME]
    official = {alias.entity for alias in names if alias.spelling == name} or {alias.entity for alias in names}
    if len(official) == 1 and len(bearers) == 2:
        return tuple(official)
    return tuple(sorted(bearers))

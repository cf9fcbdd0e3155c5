"""The hypotheses of a page in the order in which they are shown: the best first, folded, and opposites side by side."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from exchange.pages.related import RelatedHypothesis

_OPPOSITE = {"+": "-", "-": "+"}


class Item(NamedTuple):
    """A hypothesis; `stance` is + or - and the target of which it expects good or ill, `kin` the first of those like it."""

    shown: "RelatedHypothesis"
    stance: str | None
    kin: str | None


def arranged(
    items: Sequence[Item], order: Callable[["RelatedHypothesis"], tuple[Any, ...]]
) -> tuple["RelatedHypothesis", ...]:
    """Those that say nearly the same are folded into the first of them; one that opposes another follows it.

    Each has one opposite at most: of those that expect the opposite of the same target, the first.
    """
    heads = _folded(sorted(items, key=lambda item: order(item.shown)))
    stances = {item.stance for item in heads if item.stance}
    if not any(_opposite(stance) in stances for stance in stances):
        return tuple(item.shown for item in heads)
    return tuple(_side_by_side(heads))


def _side_by_side(heads: Sequence[Item]) -> Iterator["RelatedHypothesis"]:
    waiting = {item.shown.id: item for item in heads}
    for item in heads:
        if waiting.pop(item.shown.id, None) is None:
            continue
        wanted = item.stance and _opposite(item.stance)
        other = wanted and next((each for each in waiting.values() if each.stance == wanted), None)
        if not other:
            yield item.shown
            continue
        del waiting[other.shown.id]
        yield item.shown.model_copy(update={"opposes": other.shown.id})
        yield other.shown.model_copy(update={"opposes": item.shown.id})


def _opposite(stance: str) -> str:
    return _OPPOSITE[stance[0]] + stance[1:]


def _folded(ordered: Sequence[Item]) -> list[Item]:
    groups: dict[str, list[Item]] = {}
    for item in ordered:
        groups.setdefault(item.kin or item.shown.id, []).append(item)
    return [_folded_into(first, rest) if rest else first for first, *rest in groups.values()]


def _folded_into(first: Item, rest: Sequence[Item]) -> Item:
    like = tuple(each.shown.as_like for each in rest)
    reasons = tuple(dict.fromkeys(reason for each in (first, *rest) for reason in each.shown.reasons))
    values = {
        "like": like,
        "curated": any(each.shown.curated for each in (first, *rest)),
        "relevance": max(each.shown.relevance or 0.0 for each in (first, *rest)),
        "reasons": reasons,
    }
    return first._replace(shown=first.shown.model_copy(update=values))

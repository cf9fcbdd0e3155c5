"""Which way a claim would turn its target, and whether it expects good of more of it."""

import re
from collections.abc import Iterable, Iterator

from exchange.domain.relation import Direction

_RAISE = r"rais|increas|elevat|activat|up-?regulat|overexpress|enhanc|boost|restor|augment|induc|deliver|suppl[iy]|agonis|stimulat|gain|add(?:ing|ition)|more"
_LOWER = r"lower|reduc|decreas|inhibit|block|silenc|suppress|deplet|antagonis|down-?regulat|delet|knock|loss|lack|los(?:e|ing)|remov|degrad|without|less|attenuat|abolish|disrupt|deficien"
_AFTER_RAISE = (
    r"activat(?:ion|ors?)|agonis(?:m|ts?)|up-?regulation|overexpression|supplementation|elevation|induction|gain"
)
_AFTER_LOWER = r"inhibit(?:ion|ors?)|blockade|antagonis(?:m|ts?)|down-?regulation|knock-?(?:down|out)|silencing|depletion|deletion|deficiency|loss|reduction|degradation"
_BEFORE = re.compile(rf"\b(?:(?P<raises>(?:{_RAISE})\w*)|(?P<lowers>(?:{_LOWER})\w*))\b")
_AFTER = re.compile(
    rf"^[\s-]*(?:(?:gene|protein|mRNA|expression|activity|signall?ing)\s+)?(?:(?P<raises>{_AFTER_RAISE})|(?P<lowers>{_AFTER_LOWER}))\b"
)
_HALTED = re.compile(
    r"\b(?:prevent|block|inhibit|reduc|lower|stop|halt|slow|suppress|limit|decreas|revers|counteract)\w*\s+(?:the\s+|of\s+|against\s+)*$"
)
_UNDONE = re.compile(r"\b(?:without|not|never|no|nor)\s+(?:the\s+|any\s+)?$")
_CLAUSE = re.compile(r"[.;:,!?()]")
_NEAR = 40
_GOOD = r"protect|rescu|improv|ameliorat|heal|preserv|benefi|alleviat|resolv|holds? back|held back|lets?\b|allow"
_BAD = r"worsen|harm|impair|aggravat|exacerbat|kill|poison|injur"
_MORE = r"rais|increas|promot|accelerat|driv|restor|enhanc|trigger|caus|boost|amplif"
_LESS = r"lower|reduc|slow|prevent|block|suppress|delay|limit|stop|halt|curb|decreas|attenuat|clear"
_ILL = r"inflamm|declin|loss|degenerat|death|toxic|aggregat|atroph|damage|disease|stress|plaque|seizure|injury|dysfunction|patholog|debris"
_WELL = r"clearance|engulf|uptake|phagocyt|digest|removal|barrier|growth|surviv|memor|function|repair|myelinat|cognit|lifespan|recover|synap|health|regenerat"
_ON_ITS_OWN = re.compile(rf"\b(?:(?P<good>(?:{_GOOD})\w*)|(?P<bad>(?:{_BAD})\w*))")
_VERB = re.compile(rf"\b(?:(?P<more>(?:{_MORE})\w*)|(?P<less>(?:{_LESS})\w*))\b")
_OBJECT = re.compile(rf"\b(?:(?P<ill>(?:{_ILL})\w*)|(?P<well>(?:{_WELL})\w*))\b")
_REACH = 60
_NOT = re.compile(r"\b(?:not|never|no|fails? to|cannot|without effect|hardly)\b|n't\b")


def direction(claim: str, targets: Iterable[tuple[int, int]]) -> Direction | None:
    """What is done to a target at `claim[start:end]`, by the word before or after it in its clause; None where none tells."""
    for start, end in targets:
        before = _clause_before(claim, start)
        found = _last(_BEFORE.finditer(before))
        if found and found.lastgroup:
            return _turned(Direction(found.lastgroup), before[: found.start()])
        if found := _AFTER.match(claim[end : end + _NEAR].lower()):
            return _turned(Direction(found.lastgroup or ""), before)
    return None


def _turned(told: Direction, before: str) -> Direction | None:
    """To lower its loss is to raise it; what is not done, or left undone, tells nothing."""
    if _UNDONE.search(before):
        return None
    if not _HALTED.search(before):
        return told
    return Direction.LOWERS if told is Direction.RAISES else Direction.RAISES


def stance(claim: str, turned: Direction | None) -> int | None:
    """1 where the claim expects good of more of its target, -1 where of less; None where it tells neither.

    A claim that says what is done to the target, and no effect that is known for good or ill, is taken to expect good of it.
    """
    effect = _effect(claim)
    if turned is None:
        return effect
    return (effect or 1) * (1 if turned is Direction.RAISES else -1)


def negations(claim: str) -> int:
    """How many words turn it into its contrary."""
    return len(_NOT.findall(claim.lower()))


def _effect(claim: str) -> int | None:
    """1 for a good effect, -1 for an ill one, by the last that is told; a negation turns it."""
    text = claim.lower()
    signs = [(each.end(), 1 if each["good"] else -1) for each in _ON_ITS_OWN.finditer(text)]
    for verb in _VERB.finditer(text):
        thing = _OBJECT.search(text, verb.end(), verb.end() + _REACH)
        if thing and not _VERB.search(text, verb.end(), thing.start()):
            signs.append((thing.end(), (1 if verb["more"] else -1) * (1 if thing["well"] else -1)))
    if not signs:
        return None
    sign = max(signs)[1]
    return -sign if negations(claim) % 2 else sign


def _clause_before(claim: str, start: int) -> str:
    """What stands before the target, from the last sign that ends a clause."""
    return _CLAUSE.split(claim[max(start - _NEAR, 0) : start].lower())[-1]


def _last(found: Iterator[re.Match[str]]) -> re.Match[str] | None:
    last = None
    for last in found:  # noqa: B007 # the one nearest to the target
        pass
    return last

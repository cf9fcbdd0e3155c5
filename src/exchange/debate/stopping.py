"""When a debate is over, and why: pure, so that a debate that goes on and a stored one are told the same.

A poll is what the judges said after so many turns; the priors are the first. A verdict counts in it if its call was made
before the next turn's: a judge who could not be reached then, and was asked when the debate was taken up again, took no
part in what had been decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log

from exchange.debate.repeating import says_nothing_new
from exchange.debate.rules import (
    BOTH_HEARD,
    MONEY_SPENT,
    NOTHING_NEW,
    ROUNDS_SPENT,
    STABLE_DISAGREEMENT,
    VERDICT_STABLE,
    schedule,
)
from exchange.domain.debate import Turn
from exchange.domain.format import Format
from exchange.domain.verdict import Unscored, Verdict, When

# The credences, in percent, that judges on opposite sides are on both sides of: those of which a score is contested.
_AGAINST, _FOR = 40, 60
# As far as the pool lets a single judge go (scoring/policy.py), so that a poll moves no further than a score could.
_CLIP = 0.10
_DIGITS = 9


@dataclass(frozen=True, kw_only=True)
class Record:
    """A debate so far, or the whole of it: `costs` are its calls' in US dollars, as far as they are known."""

    format: Format
    turns: Sequence[Turn]
    verdicts: Sequence[Verdict | Unscored]
    costs: Mapping[int, float]


@dataclass(frozen=True, kw_only=True)
class Course:
    """What the rule makes of a record: how many turns there are to be, after which of them a poll, and why it ends.

    `reason` is None where the last turn is still to be spoken.
    """

    turns: int
    polls: tuple[int, ...]
    reason: str | None


def course(record: Record) -> Course:
    """The debate from its beginning, decided again after each turn."""
    polls: list[int] = []
    for heard in range(BOTH_HEARD, len(record.turns) + 1):
        reason = ended(record, heard, polled=False)
        if reason is None and record.format.stop.poll:
            polls.append(heard)
            reason = ended(record, heard, polled=True)
        if reason:
            return Course(turns=heard, polls=tuple(polls), reason=reason)
    return Course(turns=max(BOTH_HEARD, len(record.turns) + 1), polls=tuple(polls), reason=None)


def ended(record: Record, heard: int, polled: bool) -> str | None:
    """Why no further turn is spoken after the first `heard`, before or after the judges were `polled` on them."""
    stop, turns = record.format.stop, record.turns[:heard]
    if heard < BOTH_HEARD:
        return None
    if heard >= len(schedule(record.format)):
        return ROUNDS_SPENT
    if stop.nothing_new and turns[-1].round and says_nothing_new(turns[-1], turns[:-1]):
        return NOTHING_NEW
    if polled and (reason := _settled(record, heard)):
        return reason
    if stop.cost is not None and spent(record, heard, polled) >= stop.cost:
        return MONEY_SPENT
    return None


def spent(record: Record, heard: int, polled: bool) -> float:
    """What the calls cost that those turns and the sittings up to them rest on.

    A call of unknown cost counts nothing, and so does one whose reply could not be read: caps on what is spent are
    --max-cost and limits.daily_cost. Baseline sittings do not count: the comparison must not shorten what is compared.
    """
    polls = [0, *range(BOTH_HEARD, heard + 1 if polled else heard)]
    calls = [turn.call for turn in record.turns[:heard]]
    calls += [verdict.call for number in polls for verdict in _poll(record, number)]
    return round(fsum(record.costs.get(call, 0.0) for call in calls if call is not None), _DIGITS)


def _settled(record: Record, heard: int) -> str | None:
    """What the last two polls show, of the judges who gave a verdict in both; nothing, where those are no quorum."""
    stop = record.format.stop
    earlier = {each.sitting.seat: each.credence for each in _poll(record, heard - 1 if heard > BOTH_HEARD else 0)}
    later = {each.sitting.seat: each.credence for each in _poll(record, heard)}
    seats = sorted(earlier.keys() & later.keys())
    if len(seats) < record.format.quorum:
        return None
    before, now = [earlier[seat] for seat in seats], [later[seat] for seat in seats]
    if min(now) <= _AGAINST and max(now) >= _FOR:
        furthest = max(abs(was - is_now) for was, is_now in zip(before, now, strict=True)) / 100
        return STABLE_DISAGREEMENT if stop.settled is not None and furthest <= stop.settled else None
    moved = round(abs(_pooled(now) - _pooled(before)), _DIGITS)
    return VERDICT_STABLE if stop.stable is not None and moved < stop.stable else None


def _poll(record: Record, number: int) -> list[Verdict]:
    """Whose verdict was had after so many turns, before the next one; 0 is the priors."""
    when = When.INTERIM if number else When.PRIOR
    following = record.turns[number].call if number < len(record.turns) else None
    return [
        each
        for each in record.verdicts
        if isinstance(each, Verdict) and (each.sitting.when, each.sitting.number) == (when, number)
        if following is None or (each.call or 0) < following
    ]


def _pooled(credences: Sequence[int]) -> float:
    """The probability whose log-odds are the mean of the credences' (in percent)."""
    bounded = [min(max(credence / 100, _CLIP), 1 - _CLIP) for credence in credences]
    return 1 / (1 + exp(-fsum(log(p / (1 - p)) for p in bounded) / len(bounded)))

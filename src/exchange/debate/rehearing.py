"""Judges hear the turns of an earlier debate: nobody speaks, every sitting is asked anew."""

import asyncio
from collections.abc import Iterable, Sequence

from exchange.debate.context import Context, Held, Lost
from exchange.debate.moves import sit
from exchange.debate.rules import HEARD_AGAIN, after, before
from exchange.domain.debate import Turn
from exchange.domain.verdict import Sitting, Unscored, Verdict, When


async def rehear(context: Context, turns: Sequence[Turn]) -> Held:
    """Has the panel sit before and after those turns; ends where something stops it, or too many are out of reach."""
    for turn in turns:
        await context.tell(turn)
    said = await _sat(context, before(context.setup), ())
    if not _stopped(context, [each for each in said if isinstance(each, Lost)]):
        said += await _sat(context, after(context.setup), turns)
    return Held(
        turns=tuple(turns),
        verdicts=tuple(each for each in said if not isinstance(each, Lost)),
        lost=tuple(each for each in said if isinstance(each, Lost)),
        stop_reason=HEARD_AGAIN,
    )


async def _sat(context: Context, sittings: Iterable[Sitting], turns: Sequence[Turn]) -> list[Verdict | Unscored | Lost]:
    return list(await asyncio.gather(*(sit(context, sitting, turns) for sitting in sittings)))


def _stopped(context: Context, lost: Sequence[Lost]) -> bool:
    absent = {each.sitting.seat for each in lost if each.sitting and each.sitting.when is not When.BASELINE}
    short = len(context.setup.judges) - len(absent) < context.setup.format.quorum
    return short or any(each.stops for each in lost)

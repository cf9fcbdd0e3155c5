"""A debate whose turns are those of an earlier one: each is that one's, and is read again from its call's reply."""

from collections.abc import Callable
from dataclasses import replace

from exchange.debate.rules import HEARD_AGAIN, after, before
from exchange.domain.debate import Turn
from exchange.domain.setup import Setup
from exchange.errors import NotFound
from exchange.jobs.verifying import course
from exchange.jobs.verifying.findings import Findings
from exchange.jobs.verifying.speeches import Speeches
from exchange.store.audit import Rows


def turns(rows: Rows, earlier: str, heard: Callable[[str], Rows], found: Findings) -> list[Turn]:
    """Every turn that can be read; says what is wrong with them, and which differ from the earlier debate's."""
    try:
        spoken = heard(earlier)
    except NotFound:
        found.say(f"debate {rows.debate.id}", f"the debate {earlier}, whose turns were heard, is not stored.")
        return []
    setup = found.record(Setup, spoken.debate, f"debate {earlier}")
    if setup is None:
        return []
    _same(rows, spoken, found)
    return Speeches(replace(spoken, debate=rows.debate, turns=rows.turns), setup, found).turns()


def check(rows: Rows, setup: Setup, found: Findings) -> None:
    """The panel sat before the turns and after them, and nobody spoke."""
    course.sat(rows, [*before(setup), *after(setup)], HEARD_AGAIN, found)
    course.ended(rows, HEARD_AGAIN, found)
    for row in rows.calls:
        if row.role != "judge":
            found.say(f"call {row.id} of {rows.debate.id}", "it asks for a turn, and stored turns were heard.")


def _same(rows: Rows, spoken: Rows, found: Findings) -> None:
    copied, originals = ({row.ordinal: row.record for row in each.turns} for each in (rows, spoken))
    open_still = rows.debate.state != "finished"
    for ordinal in sorted(copied.keys() | originals.keys()):
        where = f"turn {ordinal} of {rows.debate.id}"
        if ordinal not in copied:
            if not open_still:
                found.say(where, "it is missing.")
        elif copied[ordinal] != originals.get(ordinal):
            found.say(where, f"it is not the turn of {spoken.debate.id} that was heard.")

"""The graph of a debate. It has no checkpointer: a debate that died is run again, and the ledger answers.

    before ─> weigh ─> speak ─> weigh ─> poll ─> weigh ─> speak … weigh ─> after

`weigh` decides what comes next, by the rules alone; every node that asks comes back to it.
"""

from collections.abc import Sequence
from functools import cache
from operator import add
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send
from langsmith import tracing_context

from exchange.debate.context import Context, Held, Lost
from exchange.debate.moves import sit, speak
from exchange.debate.rules import after, before, between, schedule
from exchange.debate.stopping import Record, ended
from exchange.domain.debate import Turn
from exchange.domain.setup import Setup
from exchange.domain.verdict import Sitting, Unscored, Verdict, When

_BEFORE, _SPEAK, _WEIGH, _POLL, _AFTER = "before", "speak", "weigh", "poll", "after"


class _State(TypedDict):
    turns: Annotated[list[Turn], add]
    verdicts: Annotated[list[Verdict | Unscored], add]
    lost: Annotated[list[Lost], add]
    stop_reason: str


class _Bench(TypedDict):
    """What one judge's node is sent."""

    sitting: Sitting
    turns: list[Turn]


async def hold(context: Context, tracing: bool = False) -> Held:
    """Holds the debate to its end, or to the first loss that stops it."""
    graph = _graph()
    with tracing_context(enabled=None if tracing else False):
        held = await graph.ainvoke({"turns": [], "verdicts": [], "lost": [], "stop_reason": ""}, context=context)
    return Held(
        turns=tuple(held["turns"]),
        verdicts=tuple(held["verdicts"]),
        lost=tuple(held["lost"]),
        stop_reason=held["stop_reason"],
    )


@cache
def _graph() -> Any:
    """The same for every debate."""
    graph: Any = StateGraph(_State, context_schema=Context)
    for name, node in {_BEFORE: _sit, _SPEAK: _speak, _WEIGH: _weigh, _POLL: _sit, _AFTER: _sit}.items():
        graph.add_node(name, node)
    graph.add_conditional_edges(START, _begin, [_BEFORE])
    for name in (_BEFORE, _SPEAK, _POLL):
        graph.add_edge(name, _WEIGH)
    graph.add_conditional_edges(_WEIGH, _onwards, [_SPEAK, _POLL, _AFTER, END])
    graph.add_edge(_AFTER, END)
    return graph.compile()


def _begin(state: _State, runtime: Runtime[Context]) -> list[Send]:
    return _sends(_BEFORE, before(runtime.context.setup), state)


def _onwards(state: _State, runtime: Runtime[Context]) -> Any:
    setup = runtime.context.setup
    if _stopped(state, setup):
        return END
    if state["stop_reason"]:
        return _sends(_AFTER, after(setup), state)
    poll = between(setup, len(state["turns"]))
    return _sends(_POLL, poll, state) if poll and not _polled(state) else _SPEAK


async def _speak(state: _State, runtime: Runtime[Context]) -> dict[str, Any]:
    slot = schedule(runtime.context.setup.format)[len(state["turns"])]
    spoken = await speak(runtime.context, slot, state["turns"])
    return {"lost": [spoken]} if isinstance(spoken, Lost) else {"turns": [spoken]}


async def _sit(bench: _Bench, runtime: Runtime[Context]) -> dict[str, Any]:
    verdict = await sit(runtime.context, bench["sitting"], bench["turns"])
    return {"lost": [verdict]} if isinstance(verdict, Lost) else {"verdicts": [verdict]}


async def _weigh(state: _State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, heard = runtime.context, len(state["turns"])
    record = Record(
        format=context.setup.format,
        turns=(*state["turns"], *context.spoken[heard:]),
        verdicts=state["verdicts"],
        costs=context.costs,
    )
    return {"stop_reason": ended(record, heard, _polled(state)) or ""}


def _sends(node: str, sittings: Sequence[Sitting], state: _State) -> list[Send]:
    return [Send(node, _Bench(sitting=sitting, turns=state["turns"])) for sitting in sittings]


def _polled(state: _State) -> bool:
    """Were the judges asked after the last turn?"""
    sat = [*(each.sitting for each in state["verdicts"]), *(each.sitting for each in state["lost"] if each.sitting)]
    return any((at.when, at.number) == (When.INTERIM, len(state["turns"])) for at in sat)


def _stopped(state: _State, setup: Setup) -> bool:
    """Something stops the debate, or too many judges are out of reach for a quorum."""
    lost = [each.sitting for each in state["lost"] if each.sitting]
    absent = {sitting.seat for sitting in lost if sitting.when is not When.BASELINE}
    return any(each.stops for each in state["lost"]) or len(setup.judges) - len(absent) < setup.format.quorum

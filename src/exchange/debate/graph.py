"""The graph that a format makes. It has no checkpointer: a debate that died is run again, and the ledger answers."""

from collections.abc import Callable, Coroutine
from operator import add
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send
from langsmith import tracing_context

from exchange.debate.context import Context, Held, Lost
from exchange.debate.moves import sit, speak
from exchange.debate.rules import ROUNDS_SPENT, Slot, schedule
from exchange.domain.debate import Seat, Turn
from exchange.domain.setup import Setup
from exchange.domain.verdict import Order, Sitting, Unscored, Verdict, When

_PRIOR, _FINAL = "prior", "final"


class _State(TypedDict):
    turns: Annotated[list[Turn], add]
    verdicts: Annotated[list[Verdict | Unscored], add]
    lost: Annotated[list[Lost], add]


class _Bench(TypedDict):
    """What one judge's node is sent."""

    seat: Seat
    sitting: Sitting
    turns: list[Turn]


_Node = Callable[[Any, Runtime[Context]], Coroutine[Any, Any, dict[str, Any]]]


async def hold(context: Context, tracing: bool = False) -> Held:
    """Holds the debate to its end, or to the first loss that stops it."""
    graph = _graph(context.setup)
    with tracing_context(enabled=None if tracing else False):
        ended = await graph.ainvoke({"turns": [], "verdicts": [], "lost": []}, context=context)
    return Held(
        turns=tuple(ended["turns"]),
        verdicts=tuple(ended["verdicts"]),
        lost=tuple(ended["lost"]),
        stop_reason=ROUNDS_SPENT,
    )


def _graph(setup: Setup) -> Any:
    graph: Any = StateGraph(_State, context_schema=Context)
    finals: list[tuple[Seat, Order]] = [(seat, order) for seat in setup.judges for order in setup.format.judging.orders]
    graph.add_node(_PRIOR, _sit)
    graph.add_node(_FINAL, _sit)
    graph.add_conditional_edges(
        START, lambda state: _sends(_PRIOR, [(seat, Order.BLIND) for seat in setup.judges], state), [_PRIOR]
    )
    before = _PRIOR
    for slot in schedule(setup.format):
        graph.add_node(slot.name, _speaker(slot))
        graph.add_edge(before, slot.name)
        before = slot.name
    graph.add_conditional_edges(
        before, lambda state: END if _stopped(state, setup) else _sends(_FINAL, finals, state), [_FINAL, END]
    )
    graph.add_edge(_FINAL, END)
    return graph.compile()


def _speaker(slot: Slot) -> _Node:
    async def node(state: _State, runtime: Runtime[Context]) -> dict[str, Any]:
        if _stopped(state, runtime.context.setup):
            return {}
        spoken = await speak(runtime.context, slot, state["turns"])
        return {"lost": [spoken]} if isinstance(spoken, Lost) else {"turns": [spoken]}

    return node


async def _sit(bench: _Bench, runtime: Runtime[Context]) -> dict[str, Any]:
    verdict = await sit(runtime.context, bench["sitting"], bench["seat"], bench["turns"])
    return {"lost": [verdict]} if isinstance(verdict, Lost) else {"verdicts": [verdict]}


def _sends(node: str, sittings: list[tuple[Seat, Order]], state: _State) -> list[Send]:
    return [
        Send(node, _Bench(seat=seat, sitting=_sitting(seat, node, order), turns=state["turns"]))
        for seat, order in sittings
    ]


def _sitting(seat: Seat, node: str, order: Order) -> Sitting:
    return Sitting(seat=seat.name, model=seat.model, when=When(node), order=order)


def _stopped(state: _State, setup: Setup) -> bool:
    """Something stops the debate, or too many judges are out of reach for a quorum."""
    absent = {lost.sitting.seat for lost in state["lost"] if lost.sitting}
    return any(lost.stops for lost in state["lost"]) or len(setup.judges) - len(absent) < setup.format.quorum

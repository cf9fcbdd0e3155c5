"""The plot of a history in a terminal."""

import pytest

from exchange.cli.chart import ROWS, SIGNS, chart
from exchange.config import bands
from exchange.domain.bands import Band, Bands
from exchange.domain.event import ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.pages.history import Kind, told
from tests.builders import score_event
from tests.cli.test_history import EVENTS

SMALL = """
       △ 0.9 │
       △ 0.8 │
       △ 0.7 │                            ╷       ╷       ╷
strong △ 0.6 │    +·······                │       │       │
       ◇ 0.5 │                            │       │       ●···
 mixed ◇ 0.4 │                            ●·······○·······│
       ▽ 0.3 │            ╷               │       │
       ▽ 0.2 │            ╎               │       │
       ▽ 0.1 │            □·······
  weak ▽ 0.0 │            ╎
             └────────────────────×───────────────────────────
                                                          ↑
              2026-11-01                            2026-11-06
● score  □ demonstration  + imported  ○ re-roll within noise  × no number
│ interval  ╎ interval of a demonstration  · the current score
↑ the current event
"""


def drawn(*events: ScoreEvent, width: int = 80, table: Bands | None = None) -> list[str]:
    history = told(Hypothesis(id="h-0e9a3b1c", title="PLIN2"), list(enumerate(events, 1)), bands())
    return [line.plain for line in chart(history, table or bands(), width)]


def rows_of(sign: str, lines: list[str]) -> list[int]:
    """The rows that the sign stands in, from 0 at the bottom."""
    return [ROWS - 1 - place for place, line in enumerate(lines[:ROWS]) if sign in line.partition("│")[2]]


def test_a_small_history_is_drawn_whole() -> None:
    assert "\n".join(drawn(*EVENTS)) == SMALL.strip("\n")


@pytest.mark.parametrize(
    ("value", "row"), [(0.0, 0), (0.09, 0), (0.1, 1), (0.399, 3), (0.4, 4), (0.59, 5), (0.6, 6), (0.99, 9), (1.0, 9)]
)
def test_a_value_stands_in_the_row_of_its_tenth(value: float, row: int) -> None:
    assert rows_of("●", drawn(score_event(value, 0.0))) == [row]


@pytest.mark.parametrize(
    ("value", "width", "column"),
    [(0.5, 0.22, "╷●│╵"), (0.52, 0.14, "●╵"), (0.57, 0.24, "│●╵"), (0.55, 0.0, "●"), (0.5, 1.0, "││││●│││││")],
)
def test_an_interval_is_drawn_to_a_twentieth(value: float, width: float, column: str) -> None:
    lines = [line.partition("│")[2].strip("· ") for line in drawn(score_event(value, width))[:ROWS]]

    assert "".join(mark for line in lines for mark in line if mark in "│╷╵●") == column


def test_without_a_number_there_is_a_mark_on_the_axis_alone() -> None:
    lines = drawn(score_event(None))

    assert (rows_of("×", lines), "×" in lines[ROWS], rows_of("·", lines)) == ([], True, [])


def test_each_kind_has_a_sign_of_its_own() -> None:
    assert len(set(SIGNS.values())) == len(Kind) == len(SIGNS)


@pytest.mark.parametrize(("width", "shown"), [(80, 33), (60, 23), (30, 8)])
def test_of_many_events_the_latest_are_drawn_and_the_others_counted(width: int, shown: int) -> None:
    lines = drawn(*(score_event(0.5, 0.2) for _ in range(300)), width=width)
    said = " ".join(lines).rpartition("The ")[2]

    assert (sum(line.count("●") for line in lines[:ROWS]), said) == (
        shown,
        f"{300 - shown} earliest of 300 events are left out.",
    )


def test_it_is_said_where_the_current_event_is_left_out() -> None:
    lines = drawn(score_event(0.5), *(score_event(0.6, within_noise=True) for _ in range(50)))

    assert lines[-1] == "The 18 earliest of 51 events are left out, the current one among them."


def test_the_current_score_goes_on_where_its_event_is_left_out() -> None:
    lines = drawn(score_event(0.5, 0.0), *(score_event(0.9, 0.0, within_noise=True) for _ in range(50)))

    assert lines[ROWS - 1 - 5].endswith(f"│{'·' * 66}")


@pytest.mark.parametrize("width", [1, 14, 20, 40, 79])
def test_it_is_no_wider_than_it_may_be(width: int) -> None:
    lines = drawn(*(score_event(0.5) for _ in range(40)), width=width)

    assert max(map(len, lines[: ROWS + 1])) <= max(width, len("strong △ 0.6 │") + 2)


def test_bands_of_ones_own_are_named() -> None:
    colours = dict(colour="#000000", light="#000000", dark="#000000")
    table = Bands(
        bands=(
            Band(name="a", word="弱い", symbol="-", low=0.0, **colours),
            Band(name="b", word="good", symbol="+", low=0.75, **colours),
        )
    )
    lines = drawn(score_event(), table=table)

    assert (lines[ROWS - 1][:12], lines[ROWS - 1 - 7][:12]) == ("弱い - 0.0 │", "good + 0.7 │")

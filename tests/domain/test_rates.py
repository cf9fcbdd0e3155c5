"""When calls may begin under a limit."""

from itertools import accumulate

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from exchange.domain.rates import Pace, Rate, believed, given, rate_of

LONG = 10_000.0


def most(times: list[float], weights: list[int]) -> int:
    """The most weight that a sliding minute holds."""
    return max(sum(w for t, w in zip(times, weights, strict=True) if start <= t < start + 60) for start in times)


@drawn(st.integers(1, 300), st.lists(st.floats(0, 3), min_size=2, max_size=80))
def test_no_sliding_minute_holds_more_calls_than_the_limit(limit: int, pauses: list[float]) -> None:
    pace, times = Pace(), list[float]()
    for now in accumulate(pauses):
        (at,), pace = given(pace, Rate(requests=limit), [0], now, LONG)
        times.append(at)

    assert most(times, [1] * len(times)) <= limit


@drawn(st.lists(st.integers(1, 5_000), min_size=2, max_size=60))
def test_no_sliding_minute_holds_more_tokens_than_the_limit(tokens: list[int]) -> None:
    times, _ = given(Pace(), Rate(tokens=10_000), tokens, 0.0, LONG)

    assert most(times, tokens) <= 10_000


def test_nearly_all_of_a_limit_can_be_used() -> None:
    calls, _ = given(Pace(), Rate(requests=100), [0] * 1_000, 0.0, LONG)
    tokens, _ = given(Pace(), Rate(tokens=100_000), [1_000] * 1_000, 0.0, LONG)

    assert [most(calls, [1] * 1_000) >= 94, most(tokens, [1_000] * 1_000) >= 93_000] == [True, True]


def test_what_was_taken_before_is_kept_away_from() -> None:
    first, pace = given(Pace(), Rate(requests=57), [0, 0], 100.0, LONG)
    second, _ = given(pace, Rate(requests=57), [0], 100.0, LONG)

    assert [first[0], second[0] - first[1]] == [100.0, pytest.approx(60 / 57 / 0.95)]


def test_no_more_is_taken_at_once_than_lies_within_the_time() -> None:
    times, _ = given(Pace(), Rate(requests=600), [0] * 100, 0.0, 0.5)

    assert (len(times), times[-1] <= 0.5) == (5, True)


def test_nothing_begins_before_the_server_wants_to_be_asked_again() -> None:
    assert given(Pace(not_before=500.0), Rate(requests=60), [0], 100.0, LONG)[0] == [500.0]


def test_a_clock_that_was_set_back_keeps_nothing_for_longer_than_a_minute() -> None:
    assert [believed(Pace(call_at=at), 100.0).call_at for at in (90.0, 219.0, 5_000.0)] == [90.0, 219.0, 160.0]


def test_the_first_pattern_that_fits_decides() -> None:
    rates = {"openai:a*": Rate(requests=1), "openai:*": Rate(requests=2)}

    assert [rate_of(rates, name).requests for name in ("openai:ab", "openai:b", "local:c")] == [1, 2, None]

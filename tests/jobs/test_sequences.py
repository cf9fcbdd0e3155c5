"""Debates, outcomes, policies and imported scores in any order: the current score is one, and everything follows."""

import random
from pathlib import Path

import pytest

from exchange.domain.event import HIGHEST_STANDING, Resolution, current
from exchange.jobs.rescoring import rescore
from exchange.jobs.resolving import resolve
from exchange.jobs.verify import verify
from exchange.scoring.policy import COLD
from exchange.store import scores
from exchange.store.engine import Store
from tests.jobs.holding import HYPOTHESIS, all_played_by, held, playing, take_in
from tests.jobs.test_rescoring import FIRST, TAUGHT, know

_LENGTH = 8


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_sequence_of_events_a_store_is_whole(example_store: Store, tmp_path: Path, seed: int) -> None:
    know(example_store, TAUGHT)
    drawn = random.Random(seed)
    for step in range(_LENGTH):
        await _happens(example_store, tmp_path / f"{step}", drawn)
        event = scores.current(example_store).get(HYPOTHESIS)
        highest = event is not None and event.standing == HIGHEST_STANDING
        number = {HYPOTHESIS: event.score.value} if event and highest and event.score.value is not None else {}

        assert event == current(scores.events(example_store, HYPOTHESIS))
        assert scores.ranked_values(example_store) == number
    assert verify(example_store).broken == ()


async def _happens(store: Store, place: Path, drawn: random.Random) -> None:
    match drawn.choice(["debate", "resolve", "rescore", "import"]):
        case "debate":
            format, judges = drawn.choice([("quick", 1), ("panel", 2)])
            script = place.with_suffix(".json")
            model = playing(store, script, format, drawn.choice([20, 60, 62, 90]))
            await held(store, all_played_by(model, format, judges))
        case "resolve":
            resolve(store, HYPOTHESIS, drawn.choice(list(Resolution)), "PMID 1")
        case "rescore":
            policy = drawn.choice([TAUGHT, FIRST, COLD])
            rescore(store, policy)
            assert rescore(store, policy).rescored == 0
        case _:
            row = f"{HYPOTHESIS},A claim,PLIN2,elsewhere,{drawn.choice([0.2, 0.7])}"
            take_in(store, place.with_suffix(".csv"), f"id,title,targets,origin,score\n{row}\n")

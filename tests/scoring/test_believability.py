from collections.abc import Sequence
from math import exp
from random import Random

import pytest
from hypothesis import given, settings

from exchange.scoring.believability import believability
from exchange.scoring.track import Track, track
from tests.scoring.drawn import SEEDS


def said(**by: Sequence[float | None]) -> Track:
    """What each judge said of as many items, None of those that were not seen; all of them are true."""
    rows = [(f"item-{place}", name, p) for name, every in by.items() for place, p in enumerate(every) if p is not None]
    return track(rows, {item: 1.0 for item, _, _ in rows})


def drawn(seed: int) -> Track:
    """Judges of different skill on items of different difficulty, of which each saw some."""
    chance = Random(seed)
    truth = {f"item-{number}": float(chance.random() < 0.5) for number in range(chance.randint(3, 8))}
    skill = {f"judge-{number}": chance.uniform(0.05, 0.5) for number in range(chance.randint(2, 5))}
    rows = [
        (item, judge, min(max(abs(1 - true - chance.uniform(0, 2 * miss)), 0), 1))
        for item, true in truth.items()
        for judge, miss in skill.items()
        if chance.random() < 0.8
    ]
    return track(rows, truth)


def by_hand(of: Track) -> dict[str, float]:
    """The weights in plain Python, one formula after the other."""
    panels, truth = of.panels(), of.truth.tolist()
    losses = [{judge: (p - true) ** 2 for judge, p in panel.items()} for panel, true in zip(panels, truth, strict=True)]
    centred: dict[str, list[float]] = {}
    for panel in losses:
        for judge, loss in panel.items() if len(panel) > 1 else ():
            middle = sum(panel.values()) / len(panel)
            centred.setdefault(judge, []).append((loss - middle) * len(panel) / (len(panel) - 1))
    known = {judge: own for judge, own in sorted(centred.items()) if len(own) >= 3}
    every = [loss for panel in losses for loss in panel.values()]
    if len(known) < 2:
        return {}
    means = {judge: sum(own) / len(own) for judge, own in known.items()}
    within = sum((each - means[judge]) ** 2 for judge, own in known.items() for each in own)
    pooled = within / sum(len(own) - 1 for own in known.values())
    variances = {judge: pooled / len(own) for judge, own in known.items()}
    precision = {judge: 1 / variance for judge, variance in variances.items()}
    total = sum(precision.values())
    centre = sum(precision[judge] * means[judge] for judge in known) / total
    q = sum(precision[judge] * (means[judge] - centre) ** 2 for judge in known)
    c = total - sum(each**2 for each in precision.values()) / total
    between = max(0.0, (q - (len(known) - 1)) / c)
    loss = sum(every) / len(every)
    return {
        judge: exp(min(max(-6 * means[judge] * between / (between + variances[judge]) / loss, -4), 4))
        for judge in known
    }


def test_the_weights_are_those_that_were_computed_by_hand() -> None:
    # Losses .09 .16 .25 against .16 .25 .25: centred means -+.16/3, their variance .0067/9; between judges twice the
    # square of the mean less that variance (DerSimonian and Laird for two); the mean loss is 1.16/6.
    mean, variance = 0.16 / 3, 0.0067 / 9
    shrunk = mean * (2 * mean**2 - variance) / (2 * mean**2)
    weight = exp(6 * shrunk / (1.16 / 6))

    assert believability(said(a=(0.7, 0.6, 0.5), b=(0.6, 0.5, 0.5))) == pytest.approx({"a": weight, "b": 1 / weight})


@settings(max_examples=40)
@given(SEEDS)
def test_the_weights_are_those_of_the_formulas_in_plain_python(seed: int) -> None:
    assert believability(drawn(seed)) == pytest.approx(by_hand(drawn(seed)), rel=1e-9)


def test_judges_who_are_equally_good_weigh_alike() -> None:
    assert believability(said(a=(0.8, 0.6, 0.7), b=(0.6, 0.8, 0.7))) == {"a": 1.0, "b": 1.0}


def test_judges_who_say_the_same_weigh_alike() -> None:
    assert believability(said(a=(0.8, 0.6, 0.7), b=(0.8, 0.6, 0.7))) == {"a": 1.0, "b": 1.0}


def test_the_better_judge_weighs_more() -> None:
    weights = believability(said(a=(0.9, 0.8, 0.9), b=(0.4, 0.5, 0.5)))

    assert weights["a"] > 1 > weights["b"]


def test_no_record_weighs_more_than_e_to_the_fourth_or_less_than_its_inverse() -> None:
    weights = believability(said(a=(1.0, 1.0, 0.99), b=(0.0, 0.0, 0.01)))

    assert weights == pytest.approx({"a": exp(4), "b": exp(-4)})


def test_a_judge_of_two_items_has_no_record() -> None:
    weights = believability(said(a=(0.9, 0.8, 0.9), b=(0.4, 0.5, 0.5), c=(0.1, 0.1, None)))

    assert set(weights) == {"a", "b"}


def test_an_item_that_one_judge_saw_says_nothing() -> None:
    with_it = said(a=(0.9, 0.8, None, None), b=(0.4, 0.5, 0.5, 0.1))

    assert believability(with_it) == {}


def test_a_judge_who_saw_harder_items_is_not_taken_for_a_worse_one() -> None:
    # The first two saw easy items, the last two hard ones; within each pair both are equally good.
    weights = believability(
        said(
            a=(0.9, 0.95, 0.9, None, None, None),
            b=(0.95, 0.9, 0.9, None, None, None),
            c=(None, None, None, 0.3, 0.2, 0.3),
            d=(None, None, None, 0.2, 0.3, 0.3),
        )
    )

    assert weights == dict.fromkeys("abcd", 1.0)


def test_a_single_judge_has_no_record() -> None:
    assert believability(said(a=(0.9, 0.8, 0.9))) == {}


def test_nothing_said_is_no_record() -> None:
    assert believability(track([], {})) == {}


def test_judges_who_never_miss_have_no_record() -> None:
    assert believability(said(a=(1.0, 1.0, 1.0), b=(1.0, 1.0, 1.0))) == {}

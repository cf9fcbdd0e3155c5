import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from exchange.config import bands, format_named, rubric_named
from exchange.domain.bands import Band, Bands
from exchange.domain.rubric import Criterion, Rubric
from exchange.errors import ConfigError, RubricError


def rubric(*weights: float, **changed: Any) -> Rubric:
    criteria = tuple(
        Criterion(name="abcdef"[number], label="A", question="Is it?", weight=weight)
        for number, weight in enumerate(weights)
    )
    fields: dict[str, Any] = {
        "name": "mine",
        "version": "1",
        "about": "a claim",
        "scale": {"low": 0.0, "high": 1.0},
        "criteria": criteria,
    }
    return Rubric(**(fields | changed))


def banded(*lows: float) -> Bands:
    return Bands(
        bands=tuple(
            Band(name=f"b{low}", word="w", symbol="△", low=low, colour="#000000", light="#000000", dark="#000000")
            for low in lows
        )
    )


@pytest.mark.parametrize("name", ["therapeutic", "mechanism"])
def test_the_weights_of_a_shipped_rubric_add_up(name: str) -> None:
    assert sum(criterion.weight for criterion in rubric_named(name).criteria) == pytest.approx(1)


def test_the_therapeutic_rubric_has_the_weights_of_the_reference() -> None:
    weights = [criterion.weight for criterion in rubric_named("therapeutic").criteria]

    assert weights == [0.15, 0.15, 0.12, 0.12, 0.12, 0.10, 0.08, 0.06, 0.05, 0.05]


def test_weights_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"the weights add up to 0\.9, not to 1"):
        rubric(0.5, 0.4)


def test_weights_that_add_up_but_for_binary_fractions_are_taken() -> None:
    assert len(rubric(0.1, 0.2, 0.7).criteria) == 3


def test_a_criterion_cannot_be_named_twice() -> None:
    twin = Criterion(name="a", label="A", question="Is it?", weight=0.5)

    with pytest.raises(ValidationError, match="a criterion is named twice"):
        rubric(criteria=(twin, twin))


@pytest.mark.parametrize("scale", [{"low": 0.5, "high": 0.1}, {"low": -0.1, "high": 1.0}, {"low": 0.0, "high": 1.1}])
def test_a_scale_must_rise_within_0_and_1(scale: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="the scale must rise"):
        rubric(1.0, scale=scale)


def test_another_weight_is_another_digest() -> None:
    assert rubric(0.5, 0.5).digest != rubric(0.4, 0.6).digest


def test_a_rubric_file_that_does_not_add_up_is_a_rubric_error(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\nversion = "1"\nabout = "a claim"\n[scale]\nlow = 0.0\nhigh = 1.0\n'
        '[[criteria]]\nname = "a"\nlabel = "A"\nquestion = "Is it?"\nweight = 0.9\n'
    )

    with pytest.raises(RubricError, match=r"the weights add up to 0\.9, not to 1"):
        rubric_named(str(path))


def test_an_unknown_rubric_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(RubricError, match="There are: mechanism, therapeutic"):
        rubric_named("nonesuch")


def test_an_unknown_format_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match="There are: extended, panel, quick"):
        format_named("nonesuch")


def test_the_quick_format_is_a_demonstration_and_the_panel_is_none() -> None:
    assert (format_named("quick").demonstration, format_named("panel").demonstration) == (True, False)


@pytest.mark.parametrize(
    ("value", "name", "colour"), [(0.66, "green", "#81c784"), (0.58, "amber", "#ffd54f"), (0.12, "red", "#e57373")]
)
def test_a_value_has_its_bands_name_and_colour(value: float, name: str, colour: str) -> None:
    band = bands().of(value)

    assert (band.name, band.colour) == (name, colour)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (0.0, "red"),
        (0.399999999, "red"),
        (0.40, "amber"),
        (0.599999999, "amber"),
        (0.60, "green"),
        (1.0, "green"),
    ],
)
def test_an_edge_belongs_to_the_band_above_it(value: float, name: str) -> None:
    assert bands().of(value).name == name


def test_the_bands_begin_at_0_and_at_their_edges() -> None:
    edges = list(bands().edges.values())

    assert edges == [0.0, 0.40, 0.60]


def test_every_band_has_a_word_and_a_symbol_of_its_own() -> None:
    shipped = bands().bands

    assert len({band.word for band in shipped}) == len({band.symbol for band in shipped}) == len(shipped)


@pytest.mark.parametrize("lows", [(0.1, 0.5), (0.0, 0.5, 0.4), (0.0, 0.4, 0.4)])
def test_bands_must_start_at_0_and_rise(lows: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="bands must start at 0 and rise"):
        banded(*lows)


def test_a_colour_is_six_hex_digits() -> None:
    hostile = json.loads(banded(0.0).to_json())
    hostile["bands"][0]["colour"] = 'red"><script>'

    with pytest.raises(ValidationError, match="colour"):
        Bands.from_json(json.dumps(hostile))

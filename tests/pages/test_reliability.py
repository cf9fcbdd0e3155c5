"""The diagram of a calibration."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest

from exchange.pages.render.reliability import reliability

SVG = "{http://www.w3.org/2000/svg}"
CURVES = {"mean": [(0.2, 0.1, 7), (0.8, 0.9, 6)], "cold": [(0.3, 0.1, 13)], "fitted": [(0.1, 0.1, 13)]}


def texts(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_same_curves_give_the_same_bytes() -> None:
    assert reliability(CURVES, "Reliability") == reliability(CURVES, "Reliability")


def test_another_process_gives_the_same_bytes() -> None:
    code = f"""
from exchange.pages.render.reliability import reliability
print(reliability({CURVES!r}, "Reliability"), end="")
"""
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout == reliability(CURVES, "Reliability")


def test_it_is_an_image_with_a_title_and_its_points_in_words() -> None:
    root = ElementTree.fromstring(reliability(CURVES, "Reliability on 13 items"))
    described = root.findtext(f"{SVG}desc") or ""

    assert (root.get("role"), root.findtext(f"{SVG}title")) == ("img", "Reliability on 13 items")
    assert "mean: 0.20 was said and 0.10 came true, 7 items; 0.80 was said and 0.90 came true, 6 items." in described


def test_every_curve_and_every_points_count_is_written() -> None:
    written = texts(reliability(CURVES, "Reliability"))

    assert [written.count(each) for each in ("7", "6", "13")] == [1, 1, 2]
    assert [f"{name} (13 items)" in written for name in CURVES] == [True] * 3


def test_a_curve_without_points_is_left_out() -> None:
    assert not any("fitted" in each for each in texts(reliability({**CURVES, "fitted": []}, "Reliability")))


@pytest.mark.parametrize("title", ["<script>", "a & b", "$x$"])
def test_a_title_is_no_markup(title: str) -> None:
    svg = reliability(CURVES, title)

    assert (ElementTree.fromstring(svg).findtext(f"{SVG}title"), title in texts(svg)) == (title, True)


def test_nothing_says_when_it_was_drawn() -> None:
    assert "date" not in reliability(CURVES, "Reliability")

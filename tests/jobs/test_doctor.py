"""What the doctor finds of the default format and of prices."""

from pathlib import Path

import pytest

from exchange import config
from exchange.config import settings
from exchange.jobs.doctor import Finding, Health, findings
from tests.conftest import ROOT


def finding(subject: str) -> Finding:
    return next(each for each in findings(settings()) if each.subject == subject)


def own(name: str, text: str) -> Path:
    """A file of the user's own."""
    path = config.user_file().parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_default_format_is_named_with_its_models() -> None:
    found = finding("default format")

    assert (found.health, found.said.startswith("panel, with openai:")) == (Health.GOOD, True)


def test_a_default_format_that_does_not_exist_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_FORMAT", "nonesuch")
    found = finding("default format")

    assert (found.health, "There is no format 'nonesuch'" in found.said) == (Health.BAD, True)


@pytest.mark.parametrize(
    ("words", "others", "said"),
    [
        ('rubric = "therapeutic"', 'rubric = "nonesuch"', "There is no rubric 'nonesuch'"),
        ('proposer = "debater"', 'proposer = "nobody"', "No model is called 'nobody'"),
        ('proposer = "debater"', 'proposer = "other:model"', "'other:model' names no model"),
    ],
)
def test_a_default_format_that_names_what_is_not_there_is_bad(words: str, others: str, said: str) -> None:
    own("formats/panel.toml", (ROOT / "configs" / "formats" / "panel.toml").read_text().replace(words, others))
    found = finding("default format")

    assert (found.health, said in found.said) == (Health.BAD, True)


def test_prices_of_ones_own_are_counted() -> None:
    path = own("prices.toml", '[models]\n"openai:gpt-6*" = { input = 1.0, output = 2.0 }\n')
    found = finding("prices")

    assert (found.health, found.said) == (Health.GOOD, f"1 of your own, in {path}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[models", "is not TOML"),
        ('[models]\n"openai:x" = 1.0\n', "does not fit"),
        ('[models]\n"gpt-6-sol" = { input = 1.0, output = 2.0 }\n', "write openai:gpt-6-sol"),
        ("[prices]\n", "unknown key 'prices'"),
    ],
)
def test_prices_that_cannot_be_used_are_bad(text: str, said: str) -> None:
    path = own("prices.toml", text)
    found = finding("prices")

    assert (found.health, str(path) in found.said, said in found.said) == (Health.BAD, True, True)


def test_a_price_that_is_not_known_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    found = finding("prices")

    assert (found.health, found.said.startswith("no price is known of openai:")) == (Health.NOTE, True)


def test_a_format_that_does_not_exist_is_no_fault_of_the_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_FORMAT", "nonesuch")

    assert finding("prices").health is Health.GOOD

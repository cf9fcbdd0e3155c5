"""`exchange embed` prints what others paste."""

from pathlib import Path

import pytest

from tests.cli.running import HYPOTHESIS, run


@pytest.fixture
def sited(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_SITE", "https://wiki.example/bio/")


def test_a_page_is_embedded_by_its_artifact_id(sited: None) -> None:
    assert run("embed", "genes-plin2").stdout.startswith(
        '<iframe src="https://wiki.example/bio/artifact/wiki-genes-plin2?embed=1" title="PLIN2 (perilipin 2)" '
    )


def test_a_hypothesis_is_linked_in_markdown(sited: None) -> None:
    assert run("embed", HYPOTHESIS, "--format", "markdown").stdout == (
        f"[PLIN2 lets astrocytes hold inflammatory lipids](https://wiki.example/bio/hypothesis/{HYPOTHESIS})\n"
    )


def test_without_a_site_it_says_what_to_set(database: Path) -> None:
    refused = run("embed", HYPOTHESIS)

    assert refused.exit_code == 4
    assert "Set `site` in exchange.toml, or EXCHANGE_SITE" in refused.stderr


def test_a_site_that_is_no_address_is_refused(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_SITE", "javascript:alert(1)")

    assert run("embed", HYPOTHESIS).exit_code == 4


def test_an_unknown_format_is_refused(sited: None) -> None:
    assert run("embed", HYPOTHESIS, "--format", "pdf").exit_code == 4

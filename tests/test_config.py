"""Settings: the shipped file, over it the user's, over it the environment, over it a flag."""

from pathlib import Path

import pytest

from exchange import config
from exchange.config import bands, format_named, rubric_named, settings
from exchange.errors import ConfigError, RubricError
from tests.conftest import ROOT

QUICK = (ROOT / "configs/formats/quick.toml").read_text()
MECHANISM = (ROOT / "configs/rubrics/mechanism.toml").read_text()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's settings file, empty."""
    path = tmp_path / "mine" / "exchange.toml"
    path.parent.mkdir()
    path.touch()
    monkeypatch.setenv("EXCHANGE_CONFIG", str(path))
    return path


def test_without_a_file_the_shipped_settings_hold() -> None:
    assert (settings().format, settings().limits.attempts) == ("panel", 5)


def test_the_shipped_file_holds_every_key() -> None:
    text = config.shipped_file().read_text()

    assert [
        name for name in config.Settings.model_fields if f"\n{name} = " not in text and f"[{name}]" not in text
    ] == []


def test_a_file_stands_over_the_shipped_settings(file: Path) -> None:
    file.write_text('format = "quick"')

    assert settings().format == "quick"


def test_a_file_that_names_one_key_of_a_table_leaves_the_others(file: Path) -> None:
    file.write_text('[limits]\nattempts = 2\n[models]\nmine = "scripted:x"')

    assert (settings().limits.attempts, settings().limits.concurrency, settings().model("embedded")) == (
        2,
        8,
        "local:smollm2",
    )


def test_the_environment_stands_over_a_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("[limits]\nattempts = 2")
    monkeypatch.setenv("EXCHANGE_LIMITS__ATTEMPTS", "3")

    assert settings().limits.attempts == 3


def test_a_flag_stands_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_DB", "environment.db")

    assert settings(db="flag.db").database == Path("flag.db")


def test_a_flag_that_is_not_given_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_DB", "environment.db")

    assert settings(db=None).database == Path("environment.db")


def test_a_flag_that_is_false_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_PAID_CALLS", "true")

    assert settings(paid_calls=False).paid_calls is False


@pytest.mark.parametrize(
    ("text", "key"),
    [("fromat = 'quick'", "'fromat'"), ("[limits]\nattempt = 1", "'limits.attempt'"), ("[limit]\nx = 1", "'limit'")],
)
def test_an_unknown_key_is_named(file: Path, text: str, key: str) -> None:
    file.write_text(text)

    with pytest.raises(ConfigError, match=f"unknown key {key}"):
        settings()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[limits]\nattempts = 0", "limits.attempts"),
        ("[limits]\ncall_seconds = inf", "limits.call_seconds"),
        ("format = 1", "format"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_key(file: Path, text: str, key: str) -> None:
    file.write_text(text)

    with pytest.raises(ConfigError, match=f"'{key}':"):
        settings()


def test_a_file_that_is_no_toml_is_named(file: Path) -> None:
    file.write_text("format: quick")

    with pytest.raises(ConfigError, match=f"{file} is not TOML"):
        settings()


def test_a_file_that_is_named_must_be_there(file: Path) -> None:
    file.unlink()

    with pytest.raises(ConfigError, match="there is no such file"):
        settings()


@pytest.mark.parametrize("variable", ["EXCHANGE_FROMAT", "EXCHANGE_LIMIT__ATTEMPTS", "EXCHANGE_"])
def test_an_unknown_variable_is_named(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "1")

    with pytest.raises(ConfigError, match=f"{variable}, which is no setting"):
        settings()


def test_an_unknown_key_of_a_table_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_LIMITS__ATTEMPT", "1")

    with pytest.raises(ConfigError, match=r"unknown key 'limits\.attempt'"):
        settings()


def test_a_table_in_the_environment_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_LIMITS", "many")

    with pytest.raises(ConfigError, match="limits"):
        settings()


@pytest.mark.parametrize("name", ["gpt", "chosen"])
def test_a_model_of_no_such_name_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match=f"'{name}'.*debater, embedded, first_judge"):
        settings().model(name)


def test_a_format_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(QUICK.replace('name = "quick"', 'name = "mine"'))

    assert format_named(str(path)).name == "mine"


def test_a_rubric_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MECHANISM.replace('name = "mechanism"', 'name = "mine"'))

    assert rubric_named(str(path)).name == "mine"


def test_a_format_beside_the_users_settings_is_found_by_name(file: Path) -> None:
    path = file.parent / "formats" / "mine.toml"
    path.parent.mkdir()
    path.write_text(QUICK.replace('name = "quick"', 'name = "mine"'))

    assert format_named("mine").name == "mine"


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="There are: extended, panel, quick"):
        format_named("duel")


def test_an_unknown_rubric_is_refused_with_those_there_are() -> None:
    with pytest.raises(RubricError, match="There are: mechanism, therapeutic"):
        rubric_named("taste")


def test_an_unknown_key_of_a_format_is_named_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f"colour = 1\n{QUICK}")

    with pytest.raises(ConfigError, match=rf"{path} does not fit: unknown key 'colour'"):
        format_named(str(path))


def test_a_format_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("name: mine")

    with pytest.raises(ConfigError, match=f"{path} is not TOML"):
        format_named(str(path))


def test_a_rubric_whose_weights_do_not_add_up_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MECHANISM.replace("weight = 0.", "weight = 0.0", 1))

    with pytest.raises(RubricError, match=f"{path}.*add up to"):
        rubric_named(str(path))


def test_the_users_bands_stand_over_the_shipped_ones(file: Path) -> None:
    shipped = (ROOT / "configs/bands.toml").read_text()
    (file.parent / "bands.toml").write_text(shipped.replace("weak", "feeble"))

    assert bands().of(0.1).word == "feeble"


def test_settings_that_cannot_be_read_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "exchange.toml"
    path.write_text("")
    monkeypatch.setenv("EXCHANGE_CONFIG", str(path))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("exchange.config.TomlConfigSettingsSource", refuse)

    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        settings()


@pytest.mark.parametrize(
    "site", ["javascript:alert(1)", "wiki.example", 'https://x/"><b>', "https://x/?a=1", "ftp://x"]
)
def test_a_site_that_no_link_can_be_built_from_is_refused(site: str) -> None:
    with pytest.raises(ConfigError, match=r"write http\(s\)://host"):
        settings(site=site)


def test_a_sites_last_slash_means_nothing() -> None:
    assert settings(site="https://wiki.example/bio/").site == "https://wiki.example/bio"

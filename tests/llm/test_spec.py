"""A model's full name, taken apart."""

import pytest

from exchange.errors import UnknownModel
from exchange.llm.spec import Provider, Spec, parse, resolved


@pytest.mark.parametrize(
    ("full", "spec"),
    [
        ("openai:gpt-5-mini", Spec(provider=Provider.OPENAI, name="gpt-5-mini")),
        ("openai:ft:gpt-5:us", Spec(provider=Provider.OPENAI, name="ft:gpt-5:us")),
        ("openai:q@http://127.0.0.1:8/v1", Spec(provider=Provider.OPENAI, name="q", url="http://127.0.0.1:8/v1")),
        ("openai:q@https://h.org/v1//", Spec(provider=Provider.OPENAI, name="q", url="https://h.org/v1")),
        ("openai:a@b@http://h/v1", Spec(provider=Provider.OPENAI, name="a@b", url="http://h/v1")),
        ("local:smollm2", Spec(provider=Provider.LOCAL, name="smollm2")),
        ("local:C:/m@http.gguf", Spec(provider=Provider.LOCAL, name="C:/m@http.gguf")),
        ("scripted:a/b.json", Spec(provider=Provider.SCRIPTED, name="a/b.json")),
    ],
)
def test_a_full_name_has_a_provider_a_name_and_perhaps_an_address(full: str, spec: Spec) -> None:
    assert spec == parse(full)


@pytest.mark.parametrize(
    "full",
    [
        "",
        "gpt-5",
        "openai",
        "openai:",
        "local:",
        ":x",
        "OPENAI:gpt-5",
        "anthropic:x",
        "openai:@http://h/v1",
        " openai:x",
    ],
)
def test_what_names_no_model_is_unknown(full: str) -> None:
    with pytest.raises(UnknownModel):
        parse(full)


@pytest.mark.parametrize("url", ["http", "https://", "http:/h", "httpx://h/v1", "http:///v1"])
def test_an_address_without_a_server_is_refused_by_name(url: str) -> None:
    with pytest.raises(UnknownModel, match="no address of a server"):
        parse(f"openai:q@{url}")


@pytest.mark.parametrize("url", ["http://[::1/v1", "http://h:port/v1", "http://h:99999/v1"])
def test_an_address_that_cannot_be_taken_apart_is_unknown(url: str) -> None:
    with pytest.raises(UnknownModel):
        parse(f"openai:q@{url}")


@pytest.mark.parametrize(
    ("full", "paid"), [("openai:x", True), ("openai:x@http://h/v1", True), ("local:x", False), ("scripted:x", False)]
)
def test_only_models_inside_the_process_are_known_to_be_free(full: str, paid: bool) -> None:
    assert paid is parse(full).paid


@pytest.mark.parametrize(
    ("full", "own"),
    [
        ("openai:x", True),
        ("openai:x@https://api.openai.com/v1", True),
        ("openai:x@https://API.OpenAI.com/v1", True),
        ("openai:x@https://api.openai.com.h.org/v1", False),
        ("openai:x@https://h.org/api.openai.com", False),
        ("local:x", False),
    ],
)
def test_openais_own_service_is_known_by_its_host(full: str, own: bool) -> None:
    assert own is parse(full).of_openai


@pytest.mark.parametrize(
    "address", ["https://user:sk-secret@h.org/v1", "https://sk-secret@h.org/v1", "https://h.org/v1?key=sk-secret"]
)
def test_a_key_in_an_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(UnknownModel) as refusal:
        parse(f"openai:m@{address}")

    assert "sk-secret" not in str(refusal.value)


def test_the_address_of_openai_base_url_becomes_part_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1/")

    assert resolved("openai:gpt-5-mini") == "openai:gpt-5-mini@http://127.0.0.1:8000/v1"

"""OpenAI and compatible servers, behind a mocked transport."""

import email.utils
import inspect
import json
import time
from typing import Any

import httpx
import httpx2
import openai
import openai._exceptions
import pytest
import respx
from pydantic import SecretStr

from exchange.domain.calls import Form, Reply, Usage
from exchange.errors import (
    AuthError,
    ContextTooLong,
    ExchangeError,
    ModelError,
    QuotaExhausted,
    RefusedError,
    RequestRefused,
    SchemaRefused,
    TransientError,
    UnknownModel,
)
from exchange.llm.connect import Access, connect
from exchange.llm.openai import TRANSLATION, OpenAIModel
from exchange.llm.reply import parse as parse_reply
from exchange.llm.spec import parse
from tests.llm.journal import question

KEY = "sk-test-0123456789abcdef"
OPENAI = "https://api.openai.com/v1/chat/completions"
SERVER = "https://models.example.org/v1"
COMPATIBLE = f"openai:tiny@{SERVER}"


def completed(content: str | None = "{}", finish: str = "stop", **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content} | more
    return {
        "id": "c-1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7},
    }


def fault(status: int, message: str = "no", code: str | None = None, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"error": {"message": message, "code": code}}, headers=named)


def _named(response: httpx.Response | Exception) -> str:
    return f"{response.status_code}" if isinstance(response, httpx.Response) else type(response).__name__


async def attempt(full: str = "openai:gpt-5-mini", form: Form = Form.SCHEMA, key: str | None = KEY) -> Reply:
    model = OpenAIModel(parse(full), SecretStr(key) if key else None, concurrency=2, connect=1, total=5)
    try:
        return await model.attempt(question(), form)
    finally:
        await model.close()


async def raised(form: Form = Form.SCHEMA) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        await attempt(form=form)
    return caught.value


async def sent(router: respx.Router, full: str = "openai:gpt-5-mini", form: Form = Form.SCHEMA) -> dict[str, Any]:
    """The body of the request that an attempt makes."""
    router.post().respond(json=completed())
    await attempt(full, form)
    body: dict[str, Any] = json.loads(router.calls.last.request.content)
    return body


async def test_exactly_one_mocked_call_is_seen(httpx2_mock: respx.Router) -> None:
    route = httpx2_mock.post(OPENAI).respond(json=completed())

    await attempt()

    assert (route.call_count, len(httpx2_mock.calls)) == (1, 1)


async def test_an_error_is_not_retried_by_the_sdk(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).mock(return_value=fault(503))

    await raised()

    assert len(httpx2_mock.calls) == 1


async def test_a_completion_becomes_a_reply(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).respond(json=completed('{"a": 1}'))

    reply = await attempt()

    assert Reply(text='{"a": 1}', finish="stop", usage=Usage(input_tokens=11, output_tokens=7)) == reply


async def test_nul_in_a_reply_becomes_a_sign_that_a_database_can_hold(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).respond(json=completed("a\0b"))

    assert (await attempt()).text == "a\ufffdb"


async def test_the_schema_is_asked_for_strictly(httpx2_mock: respx.Router) -> None:
    body = await sent(httpx2_mock)
    wanted = body["response_format"]

    assert (
        wanted["type"],
        wanted["json_schema"]["strict"],
        wanted["json_schema"]["name"],
        body["model"],
    ) == ("json_schema", True, "verdict", "gpt-5-mini")


async def test_openai_is_told_max_completion_tokens(httpx2_mock: respx.Router) -> None:
    body = await sent(httpx2_mock)

    assert (body["max_completion_tokens"], "max_tokens" in body) == (300, False)


async def test_openai_is_sent_no_bounds_on_the_length_of_strings(httpx2_mock: respx.Router) -> None:
    body = await sent(httpx2_mock)

    assert {"type", "enum"} == set(body["response_format"]["json_schema"]["schema"]["properties"]["reason"])


async def test_openai_by_its_own_url_is_sent_what_openai_is_sent(httpx2_mock: respx.Router) -> None:
    body = await sent(httpx2_mock, "openai:gpt-5-mini@https://api.openai.com/v1")

    assert (body["max_completion_tokens"], "maxLength" in json.dumps(body)) == (300, False)


async def test_a_compatible_server_is_told_max_tokens(httpx2_mock: respx.Router) -> None:
    body = await sent(httpx2_mock, COMPATIBLE)

    assert (body["max_tokens"], "max_completion_tokens" in body) == (300, False)


async def test_a_compatible_server_is_sent_the_schema_with_its_bounds(httpx2_mock: respx.Router) -> None:
    body = await sent(httpx2_mock, COMPATIBLE)

    assert question().reply_schema == body["response_format"]["json_schema"]["schema"]


async def test_taking_the_bounds_out_leaves_the_question_as_it_was(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).respond(json=completed())
    model, asked = OpenAIModel(parse("openai:gpt-5-mini"), SecretStr(KEY), 2, 1, 5), question()

    await model.attempt(asked, Form.SCHEMA)
    await model.close()

    assert question() == asked


async def test_the_form_object_asks_for_any_json_object(httpx2_mock: respx.Router) -> None:
    body = await sent(httpx2_mock, form=Form.OBJECT)

    assert body["response_format"] == {"type": "json_object"}


async def test_the_form_object_shows_the_open_schema_in_the_last_message(httpx2_mock: respx.Router) -> None:
    body = await sent(httpx2_mock, form=Form.OBJECT)
    last = body["messages"][-1]["content"]

    assert (json.dumps(question().open_schema) in last, "a page's words" in json.dumps(body)) == (True, False)


async def test_the_key_is_sent_to_openai(httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch) -> None:
    assert f"Bearer {KEY}" == await authorization(httpx2_mock, monkeypatch, "openai:gpt-5-mini")


async def test_openais_key_is_not_sent_to_another_server(
    httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await authorization(httpx2_mock, monkeypatch, COMPATIBLE) == "Bearer none"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com.example.org/v1",
        "https://example.org/api.openai.com",
    ],
)
async def test_openais_key_is_not_sent_to_a_server_that_looks_like_openai(
    url: str, httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert KEY not in await authorization(httpx2_mock, monkeypatch, f"openai:tiny@{url}")


async def test_a_server_is_sent_the_key_that_is_named_for_it(
    httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXAMPLE_KEY", "example-key")

    assert await authorization(httpx2_mock, monkeypatch, COMPATIBLE, {SERVER: "EXAMPLE_KEY"}) == "Bearer example-key"


async def test_openais_key_goes_to_the_server_that_openai_base_url_names_beside_it(
    httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", SERVER)

    await authorization(httpx2_mock, monkeypatch, "openai:gpt-5-mini")
    hosts_with_the_key = {
        call.request.url.host for call in httpx2_mock.calls if KEY in call.request.headers["authorization"]
    }

    assert hosts_with_the_key == {"models.example.org"}


async def test_openais_key_is_not_sent_in_clear(httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        authorized = await authorization(httpx2_mock, monkeypatch, "openai:gpt-5-mini@http://api.openai.com/v1")
    except ExchangeError:
        authorized = "refused"

    assert KEY not in authorized


@pytest.mark.parametrize("variable", ["OPENAI_ORG_ID", "OPENAI_PROJECT_ID"])
async def test_no_other_server_learns_the_openai_account(
    variable: str, httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "account-0815")

    await authorization(httpx2_mock, monkeypatch, COMPATIBLE)

    assert "account-0815" not in httpx2_mock.calls.last.request.headers.values()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(httpx2_mock: respx.Router, status: int) -> None:
    there = {"location": f"{SERVER}/chat/completions"}
    asked = httpx2_mock.post(OPENAI).mock(return_value=httpx.Response(status, headers=there))

    assert (type(await raised()), asked.call_count, httpx2_mock.calls.call_count) == (RequestRefused, 1, 1)


async def authorization(
    router: respx.Router, monkeypatch: pytest.MonkeyPatch, full: str, keys: dict[str, str] | None = None
) -> str:
    """The header of the request that a connected model sends while OPENAI_API_KEY is set."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    router.post().respond(json=completed())
    access = Access(paid_calls=True, keys=keys or {}, concurrency=2, connect_seconds=1, call_seconds=5)
    model = connect(full, access)
    try:
        await model.attempt(question(), Form.SCHEMA)
    finally:
        await model.close()
    return str(router.calls.last.request.headers.get("authorization", ""))


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (fault(401), AuthError),
        (fault(403), AuthError),
        (fault(404), UnknownModel),
        (fault(429, code="insufficient_quota"), QuotaExhausted),
        (fault(400, code="context_length_exceeded"), ContextTooLong),
        (fault(400), SchemaRefused),
        (fault(422), SchemaRefused),
        (fault(413), RequestRefused),
        (fault(408), TransientError),
        (fault(409), TransientError),
        (fault(429), TransientError),
        (fault(500), TransientError),
        (fault(502), TransientError),
        (fault(503), TransientError),
        (fault(529), TransientError),
        (httpx.Response(502, text="<html>Bad gateway</html>"), TransientError),
        (httpx.Response(400, json={"error": "no"}), SchemaRefused),
        (httpx.Response(400, json=[1]), SchemaRefused),
    ],
    ids=lambda value: f"{value.status_code}" if isinstance(value, httpx.Response) else value.__name__,
)
async def test_an_http_error_has_its_kind(
    response: httpx.Response, kind: type[ExchangeError], httpx2_mock: respx.Router
) -> None:
    httpx2_mock.post(OPENAI).mock(return_value=response)

    assert kind is type(await raised())


@pytest.mark.parametrize("status", [400, 422])
async def test_a_client_error_on_the_form_object_is_final(status: int, httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).mock(return_value=fault(status))

    assert RequestRefused is type(await raised(Form.OBJECT))


async def test_a_servers_error_keeps_its_status(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).mock(return_value=fault(500))

    error = await raised()

    assert isinstance(error, TransientError)
    assert error.status == 500


@pytest.mark.parametrize(
    "exception",
    [
        httpx2.ConnectError("refused"),
        httpx2.ConnectTimeout("slow"),
        httpx2.ReadTimeout("slow"),
        httpx2.ReadError("reset"),
        httpx2.RemoteProtocolError("cut off"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_broken_connection_is_transient(exception: Exception, httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).mock(side_effect=exception)

    assert TransientError is type(await raised())


@pytest.mark.parametrize(
    "response",
    [
        fault(408),
        fault(500),
        fault(502),
        fault(503),
        fault(504),
        fault(529),
        httpx.Response(502, text="<html>Bad gateway</html>"),
        httpx.Response(200, text="<html>Welcome to the gateway</html>"),
        httpx.Response(200, text="{}"),
        httpx2.ReadTimeout("slow"),
        httpx2.WriteTimeout("slow"),
        httpx2.ReadError("reset"),
        httpx2.RemoteProtocolError("cut off"),
    ],
    ids=_named,
)
async def test_a_call_whose_work_may_have_been_done_may_cost(
    response: httpx.Response | Exception, httpx2_mock: respx.Router
) -> None:
    httpx2_mock.post(OPENAI).mock(side_effect=[response])

    error = await raised()

    assert isinstance(error, ModelError)
    assert error.may_cost


@pytest.mark.parametrize(
    "response",
    [
        fault(400),
        fault(400, code="context_length_exceeded"),
        fault(401),
        fault(402),
        fault(403),
        fault(409),
        fault(413),
        fault(422),
        fault(425),
        fault(429),
        fault(429, retry_after="7"),
        fault(429, code="insufficient_quota"),
        httpx.Response(302, headers={"location": "/elsewhere"}),
        httpx2.ConnectError("refused"),
        httpx2.ConnectTimeout("slow"),
        httpx2.PoolTimeout("crowded"),
        httpx2.UnsupportedProtocol("gopher"),
    ],
    ids=_named,
)
async def test_a_call_that_was_refused_or_never_made_costs_nothing(
    response: httpx.Response | Exception, httpx2_mock: respx.Router
) -> None:
    httpx2_mock.post(OPENAI).mock(side_effect=[response])

    error = await raised()

    assert isinstance(error, ModelError)
    assert not error.may_cost


async def test_a_reply_longer_than_eight_megabytes_is_cut_off(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).respond(json=completed("x" * 8_000_000))

    error = await raised()

    assert (str(error), isinstance(error, TransientError) and error.may_cost) == (
        "OpenAI answered with more than 8,000,000 bytes",
        True,
    )


async def test_a_reply_of_almost_eight_megabytes_is_read(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).respond(json=completed("x" * 7_999_000))

    reply = await attempt()

    assert len(reply.text) == 7_999_000


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>Welcome to the gateway</body></html>",
        "",
        "null",
        "{}",
        "[]",
        '"text"',
        json.dumps(completed() | {"choices": []}),
        json.dumps(completed() | {"choices": None}),
        json.dumps(completed() | {"choices": [{}]}),
        json.dumps(completed() | {"choices": [{"message": None}]}),
        json.dumps(completed() | {"choices": {"0": {}}}),
        json.dumps(completed() | {"usage": {"prompt_tokens": "many"}}),
        json.dumps(completed() | {"usage": {"prompt_tokens": -1}}),
        json.dumps(completed(content=None) | {"choices": [{"message": {"content": 7}}]}),
        json.dumps(completed() | {"choices": [{"message": {"content": ["{}"]}}]}),
        json.dumps(completed())[:-20],
    ],
)
async def test_an_answer_that_is_no_completion_is_transient(body: str, httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).respond(200, text=body)

    assert TransientError is type(await raised())


async def test_an_answer_that_is_not_utf8_is_transient(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).respond(200, content=b'{"choices": "\xff\xfe"}')

    assert TransientError is type(await raised())


@pytest.mark.parametrize(
    "message",
    [f"Incorrect API key provided: {KEY}.", f"{'x' * 285} {KEY}", f"{KEY} {KEY}"],
    ids=["once", "at the cut", "twice"],
)
async def test_an_echoed_key_does_not_stand_in_the_message(message: str, httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).mock(return_value=fault(401, message))

    assert "sk-test" not in str(await raised())


async def test_a_message_names_the_server_the_model_and_what_was_said(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).mock(return_value=fault(404, "The model does not exist"))

    assert str(await raised()) == "OpenAI answered 404 for gpt-5-mini: The model does not exist"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0"}, 0.0),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after_ms": "250"}, 0.25),
        ({"retry_after_ms": "250", "retry_after": "7"}, 0.25),
        ({"retry_after_ms": "soon", "retry_after": "7"}, 7.0),
        ({"retry_after": "Thu, 01 Jan 2015 00:00:00 GMT"}, 0.0),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "-5"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "Fri, 31 Dec 99999 23:59:59 GMT"}, None),
        ({}, None),
    ],
)
async def test_retry_after_is_read_in_seconds(
    headers: dict[str, str], seconds: float | None, httpx2_mock: respx.Router
) -> None:
    httpx2_mock.post(OPENAI).mock(return_value=fault(429, **headers))

    error = await raised()

    assert isinstance(error, TransientError)
    assert error.retry_after == seconds


async def test_retry_after_may_be_a_date(httpx2_mock: respx.Router) -> None:
    date = email.utils.formatdate(time.time() + 30, usegmt=True)
    httpx2_mock.post(OPENAI).mock(return_value=fault(503, retry_after=date))

    error = await raised()

    assert isinstance(error, TransientError)
    assert 25 < (error.retry_after or 0) <= 30


async def test_a_refusal_is_refused(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).respond(json=completed(content=None, refusal="I cannot."))

    reply = await attempt()

    with pytest.raises(RefusedError):
        parse_reply(reply, Usage)


async def test_what_a_content_filter_stopped_is_refused(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).respond(json=completed(finish="content_filter"))

    reply = await attempt()

    with pytest.raises(RefusedError):
        parse_reply(reply, Usage)


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None}])
async def test_usage_that_is_missing_is_unknown(usage: dict[str, Any] | None, httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(OPENAI).respond(json=completed() | {"usage": usage})

    reply = await attempt()

    assert Usage() == reply.usage


async def test_an_unmatched_call_is_an_error_of_the_test(httpx2_mock: respx.Router) -> None:
    with pytest.raises(AssertionError):
        await attempt()


def exported() -> set[type[Exception]]:
    """Every exception class that the SDK exports."""
    named = [getattr(openai, name) for name in openai.__all__]
    classes = {kind for kind in named if inspect.isclass(kind) and issubclass(kind, Exception)}
    return {kind for kind in classes if kind.__module__.startswith("openai")}


def test_the_sdk_exports_exceptions() -> None:
    assert {openai.OpenAIError, openai.APITimeoutError, openai.RateLimitError} < exported()


def test_the_table_translates_every_exception_of_the_sdk() -> None:
    missing = sorted(kind.__name__ for kind in exported() - set(TRANSLATION))

    assert missing == []


def test_the_table_translates_into_our_errors_alone() -> None:
    assert all(issubclass(ours, ExchangeError) for ours in TRANSLATION.values())


async def test_what_a_model_thought_is_counted_as_output_where_the_total_alone_tells(httpx2_mock: respx.Router) -> None:
    usage = {"prompt_tokens": 21, "completion_tokens": 0, "total_tokens": 81}
    httpx2_mock.post(OPENAI).respond(json=completed() | {"usage": usage})

    assert (await attempt()).usage == Usage(input_tokens=21, output_tokens=60)

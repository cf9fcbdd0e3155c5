"""A server on loopback that speaks chat completions, obliges every question, and goes wrong as it is told."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any, Self

from exchange.testing.answer import GOOD, Sent, completion, counted, sent
from exchange.testing.batch_fault import BatchFault
from exchange.testing.batches import BatchDesk, BatchPlan, WayPlan
from exchange.testing.fault import SILENT, Fault
from exchange.testing.loopback import HOST, Handler, Loopback
from exchange.testing.obliging import oblige
from exchange.testing.served import Log, Served, in_flight
from exchange.testing.wire import status

Plan = Callable[[int, dict[str, Any]], Fault | None]

_POLL = 0.01


class FaultServer:
    """Serves while its context is entered: POST …/chat/completions, …/files and …/batches on a free port of 127.0.0.1.

    `answer` makes the reply's text of a request. `faults` says what goes wrong: the n-th of a sequence with the n-th
    call, nothing with those behind it; or a function of the call's number, from 1, and its request. `latency` is in
    seconds, before every answer. `tokens` counts a request and a reply's text, in and out. `log` names a file that the
    log is appended to as well. `batches` says what becomes of the n-th batch, `way` what goes wrong with the n-th request about
    files and batches, by kind (upload, create, find, look, cancel, download); a batch is over after `looks` looks. The functions are called from many threads at once; where one raises, and where a
    request is none, the answer is 500 or 400 and says why, and nothing is charged.
    """

    def __init__(
        self,
        *,
        answer: Callable[[dict[str, Any]], str] = oblige,
        faults: Sequence[Fault | None] | Plan = (),
        latency: float = 0.0,
        tokens: Callable[[dict[str, Any], str], tuple[int, int]] = counted,
        log: Path | None = None,
        batches: Sequence[BatchFault | None] | BatchPlan = (),
        way: WayPlan = lambda *_: None,
        looks: int = 2,
    ) -> None:
        self._answer = answer
        self._plan = faults if callable(faults) else _in_turn(faults)
        self._latency = latency
        self._tokens = tokens
        self._log = Log(log)
        self.batches = BatchDesk(self._line, batches, way, looks)
        self._numbers = count(1)
        self._closing = threading.Event()
        self._open = ExitStack()
        self._port = 0

    def __enter__(self) -> Self:
        self._open.enter_context(self._log)
        http = self._open.enter_context(Loopback(self._serve, self._at_the_desk, self._closes_within))
        self._port = http.server_port
        thread = threading.Thread(target=http.serve_forever, args=(_POLL,), name="fault-server", daemon=True)
        thread.start()
        for step in (http.hang_up, self._closing.set, thread.join, http.shutdown):
            self._open.callback(step)
        return self

    def __exit__(self, *raised: object) -> None:
        self._open.close()

    @property
    def url(self) -> str:
        """The base address for the name of a model: `openai:NAME@URL`."""
        return f"http://{HOST}:{self._port}/v1"

    @property
    def log(self) -> tuple[Served, ...]:
        """Every call so far, in the order of their reception. What is charged stands here before the answer goes out."""
        return self._log.entries

    def in_flight(self, at: float) -> tuple[Served, ...]:
        """The calls that the server was busy with at `at`, in seconds since the epoch."""
        return in_flight(self.log, at)

    def _serve(self, handler: Handler, body: bytes) -> None:
        number, key = next(self._numbers), handler.key
        request, fault = self._planned(number, body)
        entry = self._received(number, request, body, fault, bool(key))
        try:
            if not self._closes_within(self._latency + fault.wait):
                fault, answer = self._worked_out(entry, request, fault, key)
                handler.send(answer, fault)
        finally:
            self._log.end(number, time.time())

    def _received(
        self, number: int, request: dict[str, Any], body: bytes, fault: Fault, keyed: bool, batch: str | None = None
    ) -> Served:
        entry = Served(
            number=number,
            received=time.time(),
            model=str(request.get("model", "")),
            question=hashlib.sha256(body).hexdigest(),
            keyed=keyed,
            fault=fault.name or None,
            batch=batch,
        )
        self._log.receive(entry)
        return entry

    def _at_the_desk(self, handler: Handler, body: bytes) -> None:
        kind = handler.headers.get("content-type", "")
        fault, answer = self.batches.serve(handler.command, handler.path, kind, body, handler.key)
        if not self._closes_within(fault.wait):
            handler.send(answer, fault)

    def _line(self, body: bytes, fault: Fault | None, batch: str) -> tuple[int, Any, bool]:
        """One line of a batch: executed, and logged as any call is."""
        number, request, fault = next(self._numbers), json.loads(body), fault or GOOD
        entry = self._received(number, request, body, fault, keyed=True, batch=batch)
        fault, answer = self._worked_out(entry, request, fault, "")
        self._log.end(number, time.time())
        try:
            return fault.status, json.loads(answer.body), fault.charged
        except ValueError:
            return fault.status, answer.body.decode(errors="replace"), fault.charged

    def _closes_within(self, seconds: float) -> bool:
        """Waits; true, and at once, if the server is being closed."""
        return self._closing.wait(seconds) if seconds > 0 else self._closing.is_set()

    def _planned(self, number: int, body: bytes) -> tuple[dict[str, Any], Fault]:
        try:
            request = json.loads(body)
            if not (isinstance(request, dict) and request.get("messages")):
                raise ValueError("it has no messages")
        except ValueError as error:
            return {}, status(400, message=f"The request is none: {error}.", name="no-request")
        try:
            return request, self._plan(number, request) or GOOD
        except Exception as error:  # noqa: BLE001 # a test's own function; the client is where its author looks
            return request, _raised(error)

    def _worked_out(self, entry: Served, request: dict[str, Any], fault: Fault, key: str) -> tuple[Fault, Sent]:
        """The answer; what it costs is in the log before any of it is sent."""
        tokens, good = (0, 0), None
        try:
            if fault.charged:
                text = fault.reword(self._answer(request))
                tokens = self._tokens(request, text)
                good = completion(entry.number, entry.model, text, tokens)
            answer = sent(fault, good, key)
        except Exception as error:  # noqa: BLE001 # as above
            fault, tokens = _raised(error), (0, 0)
            answer = sent(fault, None, key)
        self._log.amend(
            entry.number,
            fault=fault.name or None,
            status=None if fault.way in SILENT else fault.status,
            charged=fault.charged,
            input_tokens=tokens[0],
            output_tokens=tokens[1],
        )
        return fault, answer


def _in_turn(faults: Sequence[Fault | None]) -> Plan:
    return lambda number, _: faults[number - 1] if number <= len(faults) else None


def _raised(error: Exception) -> Fault:
    return status(500, message=f"The test's function raised {type(error).__name__}: {error}", name="raised")

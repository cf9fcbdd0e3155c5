"""The files and batches of the fault server: uploads are kept, batches go from state to state as they are looked at."""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from exchange.testing.answer import Sent, sent
from exchange.testing.batch_fault import BATCHES, BatchFault, Lines
from exchange.testing.fault import Fault
from exchange.testing.wire import status

BatchPlan = Callable[[int], BatchFault | None]
"""What becomes of the n-th batch, from 1."""
WayPlan = Callable[[str, int], Fault | None]
"""What goes wrong with the n-th request, from 1, of a kind: upload, create, find, look, cancel or download."""
Execute = Callable[[bytes, Fault | None, str], tuple[int, Any, bool]]
"""Executes a request's body, spoilt by a fault, for the batch of that id: status, body of the answer, and whether it was charged."""

_PART = re.compile(rb'name="(?P<name>\w+)"[^\r\n]*(?:\r\n[^\r\n]+)*\r\n\r\n')
_BOUNDARY = re.compile(r'boundary="?([^";]+)')


@dataclass(kw_only=True)
class _Batch:
    """A batch as the server keeps it; `rest` are the states that it has still to go through."""

    id: str
    record: dict[str, Any]
    fault: BatchFault
    rest: list[str] = field(default_factory=list)
    done: bool = False


class BatchDesk:
    """Answers what is asked about files and batches. `looks` is how often a batch is looked at before it is over."""

    def __init__(
        self, execute: Execute, plan: BatchPlan | Sequence[BatchFault | None], way: WayPlan, looks: int
    ) -> None:
        self._execute = execute
        self._plan = plan if callable(plan) else _in_turn(plan)
        self._way = way
        self._looks = looks
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, _Batch] = {}
        self._asked = Counter[str]()
        self._lock = threading.RLock()

    @property
    def made(self) -> tuple[dict[str, Any], ...]:
        """Every batch that was made, as it stands, oldest first."""
        with self._lock:
            return tuple(dict(each.record) for each in self._batches.values())

    @property
    def asked(self) -> dict[str, int]:
        """How many requests came of each kind."""
        with self._lock:
            return dict(self._asked)

    def hold(self, looks: int) -> None:
        """From here on, new batches are looked at so often before they are over."""
        self._looks = looks

    def serve(self, verb: str, path: str, kind: str, body: bytes, key: str) -> tuple[Fault, Sent]:
        """The answer, and the way in which it goes out; what is asked is done, unless the fault charges nothing."""
        with self._lock:
            name, act = self._routed(verb, path, kind, body)
            self._asked[name] += 1
            fault = self._way(name, self._asked[name]) or Fault(name="")
            if not fault.charged:
                return fault, sent(fault, None, key)
            made = act()
            if isinstance(made, Fault):
                return made, sent(made, None, key)
            if isinstance(made, bytes):
                return fault, sent(_saying(fault, made), None, key)
            return fault, sent(fault, made, key)

    def _routed(self, verb: str, path: str, kind: str, body: bytes) -> tuple[str, Callable[[], Any]]:
        where, _, query = path.partition("?")
        parts = where.strip("/").split("/")[1:]
        match (verb, *parts):
            case ("POST", "files"):
                return "upload", lambda: self._upload(kind, body)
            case ("GET", "files", name, "content"):
                return "download", lambda: self._files.get(name, status(404, message="No such file."))
            case ("POST", "batches"):
                return "create", lambda: self._create(json.loads(body))
            case ("GET", "batches"):
                return "find", lambda: self._list(query)
            case ("GET", "batches", name):
                return "look", lambda: self._look(name)
            case ("POST", "batches", name, "cancel"):
                return "cancel", lambda: self._cancel(name)
        return "stray", lambda: status(404, message="No such address.")

    def _upload(self, kind: str, body: bytes) -> Any:
        found = _BOUNDARY.search(kind)
        parts = _parts(body, found[1].encode()) if found else {}
        if parts.get("purpose") != b"batch" or not parts.get("file"):
            return status(400, message="A file with the purpose batch is wanted.")
        return {"id": self._kept(parts["file"]), "object": "file", "purpose": "batch", "bytes": len(parts["file"])}

    def _kept(self, content: bytes) -> str:
        name = f"file-{len(self._files) + 1:04}"
        self._files[name] = content
        return name

    def _create(self, wanted: dict[str, Any]) -> Any:
        if wanted.get("input_file_id") not in self._files or wanted.get("completion_window") != "24h":
            return status(400, message="The batch names no file that is here, or another window than 24h.")
        number = len(self._batches) + 1
        fault = self._plan(number) or BATCHES["good"]
        record = {
            "id": f"batch_{number:04}",
            "object": "batch",
            "endpoint": wanted["endpoint"],
            "input_file_id": wanted["input_file_id"],
            "completion_window": "24h",
            "status": "validating",
            "metadata": wanted.get("metadata"),
            "output_file_id": None,
            "error_file_id": None,
            "errors": None,
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
        }
        between = {"cancelled": "cancelling", "failed": "validating"}.get(fault.ends, "finalizing")
        rest = ["in_progress"] * (self._looks - 2) + [between, fault.ends]
        made = _Batch(id=record["id"], record=record, fault=fault, rest=rest)
        self._batches[made.id] = made
        return dict(record)

    def _list(self, query: str) -> Any:
        asked = dict(each.partition("=")[::2] for each in query.split("&") if each)
        newest = [each.record for each in reversed(self._batches.values())]
        names = [each["id"] for each in newest]
        start = names.index(asked["after"]) + 1 if asked.get("after") in names else 0
        end = start + int(asked.get("limit", "20"))
        return {"object": "list", "data": newest[start:end], "has_more": end < len(newest)}

    def _look(self, name: str) -> Any:
        found = self._batches.get(name)
        if found is None:
            return status(404, message="No such batch.")
        if found.rest:
            found.record["status"] = found.rest.pop(0)
        if not found.rest and not found.done:
            self._work(found)
        return dict(found.record)

    def _cancel(self, name: str) -> Any:
        found = self._batches.get(name)
        if found is None:
            return status(404, message="No such batch.")
        if found.rest:
            found.record["status"] = "cancelling"
            found.rest = ["cancelled"]
        return dict(found.record)

    def _work(self, batch: _Batch) -> None:
        """Executes the lines that the fault lets it come to, and writes the files."""
        batch.done = True
        fault, record = batch.fault, batch.record
        asked = [json.loads(line) for line in self._files[record["input_file_id"]].splitlines()]
        ends, reached = record["status"], int(len(asked) * fault.share)
        output: Lines = []
        errors: Lines = []
        for number, line in enumerate(asked, start=1):
            if number in fault.skips:
                continue
            if number > reached:
                if ends in ("expired", "cancelled"):
                    errors.append(_line(line, None, {"code": f"batch_{ends}", "message": f"The batch is {ends}."}))
                continue
            code, answer, _ = self._execute(_request(line["body"]), fault.line(number, line["body"]), batch.id)
            (output if code == 200 else errors).append(_line(line, {"status_code": code, "body": answer}, None))
        if fault.counted:
            record["request_counts"] = {
                "total": len(asked),
                "completed": len(output),
                "failed": len([each for each in errors if b'"status_code"' in each]),
            }
        else:
            record["request_counts"] = None
        record["errors"] = {"object": "list", "data": list(fault.complaints)} if fault.complaints else None
        if output and not fault.without_output:
            record["output_file_id"] = self._kept(b"".join(fault.written(output)))
        if errors:
            record["error_file_id"] = self._kept(b"".join(errors))


def _request(body: dict[str, Any]) -> bytes:
    """The body as the client of single calls spells it, so that the same question is known as one."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _line(asked: dict[str, Any], response: dict[str, Any] | None, error: dict[str, Any] | None) -> bytes:
    said = {"id": f"batch_req_{asked['custom_id']}", "custom_id": asked["custom_id"]}
    return json.dumps(said | {"response": response, "error": error}).encode() + b"\n"


def _parts(body: bytes, boundary: bytes) -> dict[str, bytes]:
    """The parts of a form by their names."""
    parts: dict[str, bytes] = {}
    for piece in body.split(b"--" + boundary):
        if found := _PART.search(piece):
            parts[found["name"].decode()] = piece[found.end() :].removesuffix(b"\r\n")
    return parts


def _saying(fault: Fault, content: bytes) -> Fault:
    """The same fault, with a file for its body."""
    return Fault(
        name=fault.name,
        charged=False,
        wait=fault.wait,
        rebody=lambda _: fault.rebody(content),
        headers=(("content-type", "application/octet-stream"),),
        way=fault.way,
        pace=fault.pace,
    )


def _in_turn(faults: Sequence[BatchFault | None]) -> BatchPlan:
    return lambda number: faults[number - 1] if number <= len(faults) else None

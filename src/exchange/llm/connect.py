"""Full names -> models that can be asked. What can be found wrong before a call is found here."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from exchange.errors import ConfigError
from exchange.llm.batching.provider import Provider as BatchProvider
from exchange.llm.local import LocalModel
from exchange.llm.model import Model
from exchange.llm.scripted import ScriptedModel
from exchange.llm.spec import Provider, Spec, base_url, parse, resolved

OPENAI_KEY = "OPENAI_API_KEY"


@dataclass(frozen=True, kw_only=True)
class Access:
    """What models may use. `keys` maps a server's URL to the environment variable of its key; times are in seconds."""

    paid_calls: bool
    keys: Mapping[str, str]
    concurrency: int
    connect_seconds: float
    call_seconds: float


def connect(full: str, access: Access) -> Model:
    """The model of that full name. Raises UnknownModel, and ConfigError where its key or the permission is lacking."""
    spec = _allowed(full, access)
    if spec.provider is Provider.LOCAL:
        return LocalModel(spec.name)
    if spec.provider is Provider.SCRIPTED:
        return ScriptedModel(spec.name)
    key = _key(spec, access.keys)
    # The SDK takes most of two seconds to import: only a debate that asks such a model waits for it.
    from exchange.llm.openai import OpenAIModel

    return OpenAIModel(spec, key, access.concurrency, access.connect_seconds, access.call_seconds)


def connect_batches(full: str, access: Access) -> BatchProvider | None:
    """Where the model's batches go; None for a model in this process. Raises as `connect` does."""
    spec = _allowed(full, access)
    if spec.provider is not Provider.OPENAI:
        return None
    key = _key(spec, access.keys)
    # As above.
    from exchange.llm.openai.batches import OpenAIBatches

    return OpenAIBatches(spec, key, access.connect_seconds, access.call_seconds)


def _allowed(full: str, access: Access) -> Spec:
    """Raises UnknownModel, and ConfigError where the permission is lacking."""
    spec = parse(resolved(full))
    if spec.paid and not access.paid_calls:
        raise ConfigError(f"{full} may cost money, and paid_calls is off; turn it on, or use a local: model.")
    return spec


def _key(spec: Spec, keys: Mapping[str, str]) -> SecretStr | None:
    """The key for the spec's own server.

    OpenAI's key goes to OpenAI, and to the server that OPENAI_BASE_URL names beside it; a URL in a model's name gets
    the key that is named for it, or none.
    """
    named = {url.rstrip("/"): variable for url, variable in keys.items()}
    variable = OPENAI_KEY if spec.of_openai or spec.url == base_url() else named.get(spec.url or "")
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise ConfigError(
            f"openai:{spec.name} needs a key in the environment variable {variable}, which is not set. "
            "Without a key, --format quick debates with the embedded model."
        )
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(f"The key in {variable} has a character that no key has; was it pasted with quotes?")
    return SecretStr(key)

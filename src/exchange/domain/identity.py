"""Names that never change: hypothesis ids, digests, slugs."""

import hashlib
import json
import re
import secrets
from typing import Any

import orjson

from exchange.errors import InputError

_HYPOTHESIS_ID = re.compile(r"h-[0-9a-f]{8}(?:[0-9a-f]{4})?")
_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")


def hypothesis_id(text: str) -> str:
    """`h-` and 8 or 12 hex digits, lowered; raises InputError for anything else."""
    lowered = text.strip().lower()
    if not _HYPOTHESIS_ID.fullmatch(lowered):
        raise InputError(f"{text!r} is not a hypothesis id: `h-` and 8 or 12 hex digits, as in h-3d993b5d.")
    return lowered


def derived_hypothesis_id(*parts: str) -> str:
    """The id of a hypothesis that came without one: the same parts give the same 12 digits."""
    return "h-" + digest([part.casefold().strip() for part in parts])[:12]


def new_debate_id() -> str:
    """`d-` and 12 random hex digits."""
    return "d-" + secrets.token_hex(6)


def new_run_id() -> str:
    """`r-` and 12 random hex digits."""
    return "r-" + secrets.token_hex(6)


def new_worker_id() -> str:
    """`w-` and 12 random hex digits."""
    return "w-" + secrets.token_hex(6)


def new_batch_id() -> str:
    """`b-` and 12 random hex digits."""
    return "b-" + secrets.token_hex(6)


def new_provider_batch_id() -> str:
    """`pb-` and 12 random hex digits."""
    return "pb-" + secrets.token_hex(6)


def canonical(value: Any) -> bytes:
    """The one JSON form of `value` that digests are taken over: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, as 64 hex digits."""
    return text_digest(value) if _is_text(value) else hashlib.sha256(canonical(value)).hexdigest()


def text_digest(text: str | list[str]) -> str:
    """The same of texts, which come to the same canonical form by a faster way."""
    return hashlib.sha256(orjson.dumps(text)).hexdigest()


def _is_text(value: Any) -> bool:
    return type(value) is str or (type(value) is list and all(type(each) is str for each in value))


def slug(text: str) -> str:
    """Lower-case letters and digits joined by single hyphens."""
    return _NOT_IN_A_SLUG.sub("-", text.lower()).strip("-")


def kind_path(kind: str) -> str:
    """A kind as links write it: `gene` and `genes` are `genes`, `Cell type` is `cell-types`, `therapy` `therapies`."""
    word = slug(kind)
    if word.endswith("s"):
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"

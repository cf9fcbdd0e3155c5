"""The description that makes a folder an RO-Crate, as https://www.researchobject.org/ro-crate/1.1/ has it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from exchange.jobs.exporting.written import Written

NAME = "ro-crate-metadata.json"
_CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"sha256": "https://schema.org/sha256"}]
_FORMATS = {".md": "text/markdown", ".jsonl": "application/jsonl", ".csv": "text/csv"}
_ROOT = {
    "@id": "./",
    "@type": "Dataset",
    "name": "Hypotheses, their debates and their scores",
    "description": "Everything that an Exchange keeps: pages, hypotheses, debates of language models about them, and scores.",
    "license": "Not stated. Pages and passages remain under the licences of those who wrote them.",
}


def describe(folder: Path, files: Sequence[Written], at: str, version: str) -> None:
    """Writes the description of these files beside them; `at` is when they were written (UTC, ISO 8601)."""
    parts = list(_parts(folder, files))
    root = _ROOT | {"datePublished": at, "hasPart": [{"@id": part["@id"]} for part in parts]}
    made = {
        "@id": "#export",
        "@type": "CreateAction",
        "name": "exchange export",
        "endTime": at,
        "instrument": {"@id": "#exchange"},
        "result": {"@id": "./"},
    }
    software = {"@id": "#exchange", "@type": "SoftwareApplication", "name": "Exchange", "softwareVersion": version}
    descriptor = {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    graph = [descriptor, root | {"mentions": {"@id": "#export"}}, *parts, made, software]
    content = json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=2)
    (folder / NAME).write_text(content + "\n", encoding="utf-8")


def _parts(folder: Path, files: Iterable[Written]) -> Iterable[dict[str, Any]]:
    for file in files:
        path = folder / file.name
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        yield {
            "@id": quote(file.name),
            "@type": "File",
            "name": file.title,
            "description": file.about,
            "encodingFormat": _FORMATS[path.suffix],
            "contentSize": str(path.stat().st_size),
            "sha256": digest,
        }

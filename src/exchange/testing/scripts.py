"""Files for scripted models: what they say, and where. The form is told in `exchange.llm.scripted`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def script(path: Path, *entries: Mapping[str, Any]) -> str:
    """Writes a script and returns the full name of the model that reads it, `scripted:PATH`.

    An entry is `{"place": PATTERN, "reply": OBJECT}`; the first whose pattern fits a question's place answers it.
    """
    path.write_text(json.dumps({"replies": list(entries)}), encoding="utf-8")
    return f"scripted:{path}"


def spoken(quote: str, passage: int = 1, text: str = "The passage says so.") -> dict[str, Any]:
    """A proposer's or critic's reply: one argument that quotes the passage of that number."""
    return {"arguments": [{"text": text, "citations": [{"passage": passage, "quote": quote}]}]}


def judged(*criteria: str, credence: int = 60, rating: str = "moderate") -> dict[str, Any]:
    """A judge's reply that rates each of the rubric's criteria alike; `credence` is in percent, from 0 to 100."""
    ratings = {name: {"reason": "as it was quoted", "rating": rating} for name in criteria}
    return {"ratings": ratings, "reason": "on balance", "credence": credence}


def agreeable_script(
    path: Path, *criteria: str, quote: str, passage: int = 1, prior: int = 50, credence: int = 60
) -> str:
    """Writes a script that answers every question of a debate, and returns the model's full name.

    `criteria` are those of the debate's rubric. Every turn quotes `quote` from that passage; every judge gives the
    credence `prior` before the debate and `credence` after it, in percent.
    """
    return script(
        path,
        {"place": "judge-*/prior/*", "reply": judged(*criteria, credence=prior)},
        {"place": "judge-*/final/*", "reply": judged(*criteria, credence=credence)},
        {"place": "*", "reply": spoken(quote, passage)},
    )

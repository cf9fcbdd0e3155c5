"""Files for scripted models: what they say, and where. The form is told in `exchange.llm.scripted`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Turns are the proposal, the critique, and at most ten rebuttals.
_FIRST_REBUTTAL, _LAST_REBUTTAL = 3, 12


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

    `criteria` are those of the debate's rubric. Every turn quotes `quote` from that passage, and each rebuttal in other
    words, so that no debate ends because nothing new is said; every judge gives the credence `prior` without the debate
    and `credence` in it and after it, in percent.
    """
    return script(
        path,
        {"place": "judge-*/blind", "reply": judged(*criteria, credence=prior)},
        {"place": "judge-*", "reply": judged(*criteria, credence=credence)},
        *_rebuttals(quote, passage),
        {"place": "*", "reply": spoken(quote, passage)},
    )


def _rebuttals(quote: str, passage: int) -> list[dict[str, Any]]:
    """An entry for each rebuttal that a format may have, each in words of its own."""
    return [
        {"place": f"*/{turn}", "reply": spoken(quote, passage, f"The passage says so, in turn {turn}.")}
        for turn in range(_FIRST_REBUTTAL, _LAST_REBUTTAL + 1)
    ]

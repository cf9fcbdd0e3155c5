"""`exchange doctor`."""

import json as codec
import sys

from exchange.config import settings
from exchange.jobs.doctor import Health, findings

_SIGNS = {Health.GOOD: "✓", Health.NOTE: "·", Health.BAD: "✗"}
_BAD = 4


def run(db: str | None, json: bool) -> None:
    """Prints a line for each finding; exits with 4 if one is bad."""
    found = list(findings(settings(db=db)))
    if json:
        print(codec.dumps([finding.model_dump(mode="json") for finding in found], ensure_ascii=False, indent=2))
    else:
        for finding in found:
            print(f"{_SIGNS[finding.health]} {finding.subject}: {finding.said}")
    if any(finding.health is Health.BAD for finding in found):
        sys.exit(_BAD)

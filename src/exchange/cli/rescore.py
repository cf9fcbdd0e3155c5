"""`exchange rescore`."""

import json as codec
import sys
from dataclasses import asdict

import typer

from exchange.config import settings
from exchange.errors import Interrupted
from exchange.jobs import policies
from exchange.jobs.rescoring import Rescored, rescore
from exchange.store.engine import open_store


def run(by_policy: bool, name: str | None, db: str | None, json: bool) -> None:
    """Puts the policy in force, and prints how many scores are new under it and what that changed."""
    if not by_policy:
        raise typer.BadParameter("say --policy: the stored verdicts are read again, and no model is asked")
    store = open_store(settings(db=db).database)
    try:
        policy = policies.named(store, name or policies.LATEST)
        done = Rescored(policy=policy)
        try:
            done = rescore(store, policy, _told)
        except KeyboardInterrupt:
            raise Interrupted("What was rescored so far is stored. The same command goes on.") from None
    finally:
        store.close()
    print(codec.dumps(_fields(done), indent=2) if json else in_words(done))


def in_words(done: Rescored) -> str:
    """What was done, on a few lines."""
    policy = done.policy
    known = f"calibrated on {policy.outcomes} outcomes" if policy.calibrated else "uncalibrated"
    return "\n".join(
        [
            f"{_scores(done.rescored)} under the policy {policy.title} ({known}), which is in force for new debates too.",
            f"{done.moved:,} moved, by {done.furthest:.3f} at most; {_are(done.other_band)} in another band than before.",
            f"{_scores(done.already)} left as before: under the policy already, or of no debate that was held here.",
        ]
    )


def _scores(count: int) -> str:
    return f"{count:,} score" if count == 1 else f"{count:,} scores"


def _are(count: int) -> str:
    return f"{count:,} is" if count == 1 else f"{count:,} are"


def _fields(done: Rescored) -> dict[str, object]:
    return asdict(done) | {"policy": {"title": done.policy.title, "digest": done.policy.digest}}


def _told(done: Rescored) -> None:
    if sys.stderr.isatty():
        print(f"\r{_scores(done.rescored)} …", end="", file=sys.stderr, flush=True)

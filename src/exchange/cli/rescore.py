"""`exchange rescore`."""

import json as codec
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from exchange.cli.batches import go_on, hand_over
from exchange.cli.plans import print_batch_plan
from exchange.config import Settings, prices, settings
from exchange.domain.counted import counted
from exchange.domain.identity import digest, hypothesis_id
from exchange.domain.work import Asked, BatchState, Kind
from exchange.errors import InputError, Interrupted
from exchange.jobs import policies
from exchange.jobs.batch.beginning import begin
from exchange.jobs.batch.choosing import choose
from exchange.jobs.batch.planning import plan_batch
from exchange.jobs.batch.views import read_views
from exchange.jobs.rescoring import Rescored, rescore
from exchange.llm.prices import Prices
from exchange.store import batches
from exchange.store.clock import now
from exchange.store.engine import Store, open_store


def run(name: str | None, db: str | None, json: bool) -> None:
    """Puts the policy in force, and prints how many scores are new under it and what that changed."""
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
            f"{counted(done.rescored, 'score')} under the policy {policy.title} ({known}), which is in force for new debates too.",
            f"{done.moved:,} moved, by {done.furthest:.3f} at most; {counted(done.other_band, 'is', 'are')} in another band than before.",
            f"{counted(done.already, 'score')} left as before: under the policy already, or of no debate that was held here.",
        ]
    )


def _fields(done: Rescored) -> dict[str, object]:
    return asdict(done) | {"policy": {"title": done.policy.title, "digest": done.policy.digest}}


def _told(done: Rescored) -> None:
    if sys.stderr.isatty():
        print(f"\r{counted(done.rescored, 'score')} …", end="", file=sys.stderr, flush=True)


@dataclass(frozen=True, kw_only=True)
class Flags:
    """What the command line says beside the choice itself."""

    ids: str | None = None
    views: Path | None = None
    max_cost: float | None = None
    paid: bool | None = None
    yes: bool = False
    dry_run: bool = False
    json: bool = False
    workers: bool = False


def run_batch(asked: Asked, flags: Flags, db: str | None) -> None:
    """Plans what is to be done, asks before it spends, and does it; goes on with a batch of the same that is open."""
    chosen, planned = settings(db=db, paid_calls=flags.paid), now()
    ids = _ids(flags.ids) if flags.ids else None
    if ids is not None:
        asked = asked.model_copy(update={"chosen": asked.chosen.model_copy(update={"ids": digest(sorted(ids))})})
    store = open_store(chosen.database)
    try:
        same = None if flags.dry_run else batches.under_way(store, asked)
        if same:
            print(f"The same is under way as {same}: going on with it.", file=sys.stderr)
        else:
            same = _begun(store, asked, chosen, flags, ids, planned)
        if same and (batch := batches.batch(store, same)).state is BatchState.OPEN:
            _consented(flags, any(kind != Kind.POLICY for kind in batches.kinds(store, same)))
            cap = _cap(store, same, flags.max_cost)
            if flags.workers:
                hand_over(store, batch, chosen, cap, flags.json)
            else:
                go_on(store, batch, chosen, cap, flags.json)
    finally:
        store.close()


def _begun(
    store: Store, asked: Asked, chosen: Settings, flags: Flags, ids: frozenset[str] | None, planned: str
) -> str | None:
    """The batch that was begun, or that another process began meanwhile; None where there is none to begin."""
    views = read_views(flags.views) if flags.views else None
    choice = choose(store, asked, chosen, ids, views, _looked)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    plan = plan_batch(store, choice, asked, chosen, Prices(own=prices()))
    if flags.dry_run or not flags.json:
        print_batch_plan(plan, flags.json, chosen, flags.max_cost)
    if flags.dry_run or not choice.candidates:
        return None
    _consented(flags, plan.costing > 0)
    try:
        return begin(store, asked, choice, flags.max_cost, planned)
    except KeyboardInterrupt:
        raise Interrupted("Nothing was begun.") from None


def _cap(store: Store, name: str, more: float | None) -> float | None:
    """A new cap for the batch: so much more than was spent, where it was left; None while another process works on it."""
    if more is None or batches.worked_on(store, name):
        return None
    return batches.spent(store, name) + more


def _consented(flags: Flags, costs: bool) -> None:
    """Asks on a terminal; elsewhere --yes must have been said. What makes no call needs nobody's consent."""
    if flags.yes or not costs:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter("this makes calls that may cost money: say --yes, or --dry-run for the plan alone")
    if not typer.confirm("Begin?"):
        raise typer.Abort


def _ids(source: str) -> frozenset[str]:
    """The ids of a file, or of stdin for `-`, one a line or parted by blanks. Raises InputError."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The list of ids {source} cannot be read: {error}.") from error
    return frozenset(hypothesis_id(word) for word in text.split())


def _looked(number: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{number:,} hypotheses looked at …", end="", file=sys.stderr, flush=True)

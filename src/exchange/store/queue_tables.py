"""The tables of batches and their items; their classes describe the schema, as those of `tables` do."""

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from exchange.domain.work import BatchState, ItemState, Kind
from exchange.domain.worker import WorkerState
from exchange.store.constraints import dollars, one_of, whole

_UNDER_WAY = text("state IN ('filling', 'open')")


class BatchRow(SQLModel, table=True):
    """Work on many hypotheses; `record` is the domain's Asked, `asked` its digest: one batch of the same is under way.

    Its calls have its id as their run, so that `cap`, in US dollars, holds for all who work on it. `owner` is the process
    that chooses its items.
    """

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint(one_of("state", BatchState), name="state_is_known"),
        CheckConstraint("(state IN ('filling', 'open')) = (ended_at IS NULL)", name="ended_has_a_time"),
        dollars("cap"),
        Index("one_batch_under_way", "asked", unique=True, sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
    )

    id: str = Field(primary_key=True)
    state: str
    asked: str
    record: str
    cap: float | None = None
    owner: str | None = None
    begun_at: str
    ended_at: str | None = None


class BatchItemRow(SQLModel, table=True):
    """One hypothesis of a batch; `ordinal` is its place by worth, `heard_id` the debate whose turns are heard again.

    `owner` is the process that took it at `taken_at`, and whose lease runs until `leased_until`; `epoch` counts the tries of all time, `tries` those
    that count, and `deaths` those whose process ended. Where `alone` is true, its process does nothing else meanwhile.
    `error`, `reason`, `debate_id` and `cost` are the last try's; `cost` is in US dollars, NULL where it is not known.
    """

    __tablename__ = "batch_item"
    __table_args__ = (
        CheckConstraint(one_of("state", ItemState), name="state_is_known"),
        CheckConstraint(one_of("kind", Kind), name="kind_is_known"),
        CheckConstraint("(kind = 'judges') = (heard_id IS NOT NULL)", name="judges_hear_a_debate"),
        CheckConstraint("(state = 'taken') = (owner IS NOT NULL)", name="taken_has_an_owner"),
        CheckConstraint("alone IN (TRUE, FALSE)", name="alone_or_not"),
        dollars("cost"),
        whole("ordinal", 1, 100_000_000),
        whole("tries", 0, 1_000_000),
        whole("deaths", 0, 1_000_000),
        whole("epoch", 0, 1_000_000_000),
        Index("next_item", "batch_id", "state", "alone", "tries", "ordinal"),
    )

    batch_id: str = Field(primary_key=True, foreign_key="batch.id")
    ordinal: int = Field(primary_key=True)
    hypothesis_id: str = Field(foreign_key="hypothesis.id", index=True)
    kind: str
    why: str
    heard_id: str | None = Field(default=None, foreign_key="debate.id")
    state: str
    tries: int = 0
    deaths: int = 0
    alone: bool = False
    error: str | None = None
    reason: str | None = None
    cost: float | None = None
    debate_id: str | None = Field(default=None, foreign_key="debate.id")
    owner: str | None = None
    epoch: int = 0
    taken_at: str | None = None
    leased_until: str | None = None


class WorkerRow(SQLModel, table=True):
    """A process that does items which the engine hands out; `owner` says which. Times are in seconds since the epoch.

    `beat` is when it was last heard of. Where it is silent, `taken_by` is the worker that hands back what it had, until
    `taken_until`.
    """

    __tablename__ = "worker"
    __table_args__ = (CheckConstraint(one_of("state", WorkerState), name="state_is_known"),)

    id: str = Field(primary_key=True)
    owner: str
    state: str
    began: float
    beat: float
    taken_by: str | None = None
    taken_until: float | None = None

"""The tables of debates: who said what, what each call came to, and the scores that follow."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from exchange.domain.calls import Form
from exchange.domain.debate import Role
from exchange.domain.event import Cause
from exchange.domain.score import State
from exchange.domain.verdict import Order, When
from exchange.store.constraints import dollars, fraction, one_of, whole
from exchange.store.dialects import only

_MOST_TOKENS = 10**9
# Who spoke in a debate that was held elsewhere; no such model can be called.
_IMPORTED = "model LIKE 'transcript:%'"
_WENT_BY_BATCH = only("provider_batch IS NOT NULL")
_CALL_STATES = "'open', 'answered', 'failed', 'unknown', 'late'"


class DebateRow(SQLModel, table=True):
    """One debate: what it was held with (`record`), who holds it, and how it ended.

    `owner` is the process whose lease runs until `leased_until`; `epoch` counts the leases, so that a write under an
    older one is refused. `parked_until` is when a server that asked for a long pause may be asked again.
    """

    __tablename__ = "debate"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'finished', 'failed')", name="state_is_known"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_has_a_time"),
        Index("one_open_debate", "hypothesis_id", unique=True, **only("state = 'open'")),
    )

    id: str = Field(primary_key=True)
    hypothesis_id: str = Field(foreign_key="hypothesis.id", index=True)
    state: str
    stop_reason: str | None = None
    record: str
    digest: str
    started_at: str
    ended_at: str | None = None
    owner: str | None = None
    epoch: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    leased_until: str | None = None
    parked_until: str | None = None


class CallRow(SQLModel, table=True):
    """One attempt at a model: the intent is committed before it, the rest after it.

    `state` is open until something is known; answered; failed, where the server did nothing for it; unknown, where
    nobody can say whether it did; late, where the answer came after the debate had another owner. `worst` is the most
    that the attempt may cost, `cost` what it did, in US dollars: a call counts with its cost, and without one with its
    worst. `provider_batch` is the one that it went with, None where it went alone.
    """

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint(f"state IN ({_CALL_STATES})", name="state_is_known"),
        CheckConstraint("(state IN ('answered', 'late')) = (reply IS NOT NULL)", name="answered_has_a_reply"),
        CheckConstraint("(reply IS NULL) = (reply_digest IS NULL)", name="reply_has_a_digest"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_has_a_time"),
        CheckConstraint(one_of("form", Form), name="form_is_known"),
        CheckConstraint(one_of("role", Role), name="role_is_known"),
        CheckConstraint("(role = 'judge') = (sitting IS NOT NULL)", name="judge_has_a_sitting"),
        dollars("cost"),
        dollars("worst"),
        whole("input_tokens", 0, _MOST_TOKENS),
        whole("output_tokens", 0, _MOST_TOKENS),
        whole("sample", 0, 1_000),
        whole("attempt", 1, 1_000_000),
        whole("epoch", 0, 1_000_000_000),
        UniqueConstraint("debate_id", "question_digest", "attempt"),
        Index("one_open_attempt", "debate_id", "question_digest", unique=True, **only("state = 'open'")),
        Index("call_by_run", "run", "cost", "worst"),
        Index("call_by_day", "opened_at", "cost", "worst"),
        Index("call_by_batch", "provider_batch", "id", **_WENT_BY_BATCH),
    )

    id: int = Field(primary_key=True)
    debate_id: str = Field(foreign_key="debate.id")
    run: str | None = None
    epoch: int
    place: str
    role: str
    sitting: str | None = None
    model: str
    sample: int
    attempt: int
    form: str
    question: str
    question_digest: str
    state: str
    reply: str | None = None
    reply_digest: str | None = None
    finish: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    worst: float | None = None
    cost: float | None = None
    error: str | None = None
    opened_at: str
    closed_at: str | None = None
    provider_batch: str | None = None


class TurnRow(SQLModel, table=True):
    """One speech; `record` is the domain's Turn."""

    __tablename__ = "turn"
    __table_args__ = (
        CheckConstraint("role IN ('proposer', 'critic')", name="role_speaks"),
        CheckConstraint(f"call_id IS NOT NULL OR {_IMPORTED}", name="turn_has_a_call"),
        whole("ordinal", 1, 1_000),
    )

    debate_id: str = Field(primary_key=True, foreign_key="debate.id")
    ordinal: int = Field(primary_key=True)
    role: str
    model: str
    call_id: int | None = Field(default=None, foreign_key="call.id")
    record: str
    digest: str


class VerdictRow(SQLModel, table=True):
    """What one judge said in one sitting, or why nothing could be read; `record` is a Verdict or an Unscored."""

    __tablename__ = "verdict"
    __table_args__ = (
        CheckConstraint(one_of('"when"', When), name="when_is_known"),
        CheckConstraint(one_of('"order"', Order), name="order_is_known"),
        CheckConstraint("""("when" IN ('prior', 'baseline')) = ("order" = 'blind')""", name="without_debate_is_blind"),
        CheckConstraint("""("when" IN ('interim', 'baseline')) = (number > 0)""", name="number_where_several"),
        whole("number", 0, 1_000),
        CheckConstraint("credence >= 0 AND credence <= 100", name="credence_is_a_percentage"),
        CheckConstraint("credence = CAST(credence AS INTEGER)", name="credence_is_whole"),
        CheckConstraint(f"credence IS NULL OR call_id IS NOT NULL OR {_IMPORTED}", name="verdict_has_a_call"),
        CheckConstraint("(credence IS NULL) = (unscored IS NOT NULL)", name="verdict_or_reason"),
        CheckConstraint("unscored != ''", name="reason_has_words"),
    )

    debate_id: str = Field(primary_key=True, foreign_key="debate.id")
    seat: str = Field(primary_key=True)
    when: str = Field(primary_key=True)
    order: str = Field(primary_key=True)
    number: int = Field(default=0, primary_key=True, sa_column_kwargs={"server_default": "0"})
    model: str
    credence: int | None = None
    unscored: str | None = None
    call_id: int | None = Field(default=None, foreign_key="call.id")
    record: str
    digest: str


class ScoreEventRow(SQLModel, table=True):
    """An appended change of a hypothesis's score; `record` is the domain's ScoreEvent."""

    __tablename__ = "score_event"
    __table_args__ = (
        fraction("value"),
        fraction("low"),
        fraction("high"),
        fraction("composite"),
        CheckConstraint(one_of("state", State), name="state_is_known"),
        CheckConstraint(one_of("cause", Cause), name="cause_is_known"),
        CheckConstraint("(state IN ('scored', 'contested')) = (value IS NOT NULL)", name="number_if_scored"),
        CheckConstraint("(low IS NULL) = (high IS NULL)", name="whole_interval"),
        CheckConstraint("low IS NULL OR value IS NOT NULL", name="interval_has_a_value"),
        CheckConstraint("composite IS NULL OR low IS NOT NULL", name="composite_has_an_interval"),
        CheckConstraint("cause != 'imported' OR state = 'scored' OR debate_id IS NOT NULL", name="imported_is_scored"),
        CheckConstraint("demonstration IN (TRUE, FALSE)", name="demonstration_or_not"),
        whole("standing", 0, 6),
        CheckConstraint("low IS NULL OR (low <= value AND value <= high)", name="value_in_interval"),
        CheckConstraint(
            "value IS NULL OR low IS NOT NULL OR (cause IN ('imported', 'outcome') AND debate_id IS NULL)",
            name="own_score_has_an_interval",
        ),
        Index("current_score", "hypothesis_id", "standing", "id"),
        Index("outcome_event", "hypothesis_id", **only("cause IN ('outcome', 'withdrawn')")),
        Index("imported_event", "hypothesis_id", "at", **only("cause = 'imported'")),
    )

    id: int = Field(primary_key=True)
    hypothesis_id: str = Field(foreign_key="hypothesis.id")
    debate_id: str | None = Field(default=None, foreign_key="debate.id", index=True)
    cause: str
    state: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    composite: float | None = None
    standing: int
    demonstration: bool
    policy: str
    record: str
    digest: str
    at: str


class PolicyRow(SQLModel, table=True):
    """A policy that was fitted here; `record` is the domain's Policy, `digest` the policy's own."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: int = Field(primary_key=True)
    name: str
    version: str
    digest: str = Field(unique=True)
    record: str
    at: str


class PolicyInForceRow(SQLModel, table=True):
    """From `at` on, new debates are scored under the policy with that digest; the latest row counts."""

    __tablename__ = "policy_in_force"

    id: int = Field(primary_key=True)
    digest: str
    at: str


class PaceRow(SQLModel, table=True):
    """How far a model's minute is given away to the processes that share this store, in seconds since the epoch.

    `call_at` is when its next call may begin; `token_gap` seconds behind `token_at` its last one's tokens are paid;
    before `not_before` its server asked to be left alone.
    """

    __tablename__ = "pace"

    model: str = Field(primary_key=True)
    call_at: float
    token_at: float
    token_gap: float
    not_before: float

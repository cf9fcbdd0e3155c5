"""The ledger: leases, reservations, calls whose outcome nobody knows, and closer bounds on what is stored

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from exchange.store.dialects import Trigger, append_only, on_postgres, only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_LEASE = (
    sa.Column("owner", sa.String(), nullable=True),
    sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
    sa.Column("leased_until", sa.String(), nullable=True),
    sa.Column("parked_until", sa.String(), nullable=True),
)
_TURN = {
    "role_speaks": "role IN ('proposer', 'critic')",
    "ordinal_is_whole": "ordinal BETWEEN 1 AND 1000 AND ordinal = CAST(ordinal AS INTEGER)",
}
_VERDICT = {
    "prior_is_blind": "(\"when\" = 'prior') = (\"order\" = 'blind')",
    "credence_is_whole": "credence = CAST(credence AS INTEGER)",
    "verdict_has_a_call": "credence IS NULL OR call_id IS NOT NULL",
    "reason_has_words": "unscored != ''",
}
_SCORE_EVENT = {
    "interval_has_a_value": "low IS NULL OR value IS NOT NULL",
    "composite_has_an_interval": "composite IS NULL OR low IS NOT NULL",
    "imported_is_scored": "cause != 'imported' OR state = 'scored'",
    "demonstration_or_not": "demonstration IN (TRUE, FALSE)",
    "standing_is_whole": "standing BETWEEN 0 AND 6 AND standing = CAST(standing AS INTEGER)",
}
_CALL = {
    "state_is_known": "state IN ('open', 'answered', 'failed', 'unknown', 'late')",
    "answered_has_a_reply": "(state IN ('answered', 'late')) = (reply IS NOT NULL)",
    "reply_has_a_digest": "(reply IS NULL) = (reply_digest IS NULL)",
    "closed_has_a_time": "(state = 'open') = (closed_at IS NULL)",
    "form_is_known": "form IN ('json_schema', 'json_object')",
    "role_is_known": "role IN ('proposer', 'critic', 'judge')",
    "judge_has_a_sitting": "(role = 'judge') = (sitting IS NOT NULL)",
    "cost_is_an_amount": "cost >= 0 AND cost <= 1000000000",
    "worst_is_an_amount": "worst >= 0 AND worst <= 1000000000",
    "input_tokens_is_whole": "input_tokens BETWEEN 0 AND 1000000000 AND input_tokens = CAST(input_tokens AS INTEGER)",
    "output_tokens_is_whole": "output_tokens BETWEEN 0 AND 1000000000 AND output_tokens = CAST(output_tokens AS INTEGER)",
    "sample_is_whole": "sample BETWEEN 0 AND 1000 AND sample = CAST(sample AS INTEGER)",
    "attempt_is_whole": "attempt BETWEEN 1 AND 1000000 AND attempt = CAST(attempt AS INTEGER)",
    "epoch_is_whole": "epoch BETWEEN 0 AND 1000000000 AND epoch = CAST(epoch AS INTEGER)",
}

# An attempt that a process left open has no owner any more: whether it was answered, nobody can say; nor of one that a
# dropped connection ended.
_CALLS = """
INSERT INTO call_2 (id, debate_id, epoch, place, role, sitting, model, sample, attempt, form, question, question_digest,
    state, reply, reply_digest, finish, input_tokens, output_tokens, worst, cost, error, opened_at, closed_at)
SELECT id, debate_id, 0, place,
    CASE WHEN place LIKE 'judge-%' THEN 'judge' ELSE substr(place, 1, instr(place, '/') - 1) END,
    CASE WHEN place LIKE 'judge-%' THEN substr(place, instr(place, '/') + 1) END,
    model, sample, row_number() OVER (PARTITION BY debate_id, question_digest ORDER BY id), form, question,
    question_digest, CASE WHEN state = 'open' OR error LIKE 'TransientError:%' THEN 'unknown' ELSE state END, reply,
    reply_digest, finish, CASE WHEN input_tokens <= 1000000000 THEN input_tokens END,
    CASE WHEN output_tokens <= 1000000000 THEN output_tokens END, CASE WHEN model NOT LIKE 'openai:%' THEN 0.0 END,
    CASE WHEN state = 'failed' AND error NOT LIKE 'TransientError:%' THEN 0.0 ELSE cost END,
    CASE state WHEN 'open' THEN 'the process that asked ended before an answer came' ELSE error END,
    opened_at, COALESCE(closed_at, opened_at)
FROM call
"""
_CALLS_IN_PLACE = """
UPDATE call SET epoch = 0,
    role = CASE WHEN call.place LIKE 'judge-%' THEN 'judge' ELSE split_part(call.place, '/', 1) END,
    sitting = CASE WHEN call.place LIKE 'judge-%' THEN substr(call.place, strpos(call.place, '/') + 1) END,
    attempt = numbered.attempt,
    state = CASE WHEN call.state = 'open' OR call.error LIKE 'TransientError:%' THEN 'unknown' ELSE call.state END,
    input_tokens = CASE WHEN input_tokens <= 1000000000 THEN input_tokens END,
    output_tokens = CASE WHEN output_tokens <= 1000000000 THEN output_tokens END,
    worst = CASE WHEN model NOT LIKE 'openai:%' THEN 0.0 END,
    cost = CASE WHEN call.state = 'failed' AND call.error NOT LIKE 'TransientError:%' THEN 0.0 ELSE call.cost END,
    error = CASE call.state WHEN 'open' THEN 'the process that asked ended before an answer came' ELSE call.error END,
    closed_at = COALESCE(call.closed_at, call.opened_at)
FROM (
    SELECT id, row_number() OVER (PARTITION BY debate_id, question_digest ORDER BY id) AS attempt FROM call
) AS numbered
WHERE numbered.id = call.id
"""
_CALL_TRIGGERS = (
    Trigger(table="call", name="kept", verb="DELETE", said="call is kept"),
    Trigger(
        table="call",
        name="settled",
        verb="UPDATE",
        said="a settled call is not changed",
        when="OLD.state NOT IN ('open', 'unknown')",
    ),
)


def upgrade() -> None:
    for column in _LEASE:
        op.add_column("debate", column)
    if on_postgres(op.get_bind()):
        _changed_call()
        for table, checks in (("turn", _TURN), ("verdict", _VERDICT), ("score_event", _SCORE_EVENT)):
            _check(table, checks)
        op.drop_constraint("role_is_known", "turn", type_="check")
        _finished_call()
        return
    _new_call()
    for table, checks in (("turn", _TURN), ("verdict", _VERDICT), ("score_event", _SCORE_EVENT)):
        with op.batch_alter_table(table, recreate="always", table_args=_constraints(checks)) as batch:
            if table == "turn":
                batch.drop_constraint("role_is_known", type_="check")
        for trigger in append_only(table):
            op.execute(trigger.made.on(op.get_bind()))


def _new_call() -> None:
    op.create_table(
        "call_2",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("debate_id", sa.String(), nullable=False),
        sa.Column("run", sa.String(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("sitting", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("question_digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column("reply_digest", sa.String(), nullable=True),
        sa.Column("finish", sa.String(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), nullable=True),
        sa.Column("output_tokens", sa.Integer(), nullable=True),
        sa.Column("worst", sa.Float(), nullable=True),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("opened_at", sa.String(), nullable=False),
        sa.Column("closed_at", sa.String(), nullable=True),
        *_constraints(_CALL),
        sa.ForeignKeyConstraint(["debate_id"], ["debate.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("debate_id", "question_digest", "attempt"),
    )
    op.execute(_CALLS)
    op.drop_table("call")
    op.rename_table("call_2", "call")
    _finished_call()


def _changed_call() -> None:
    """The same in place: PostgreSQL can change a column and a constraint, and drops no table that others refer to."""
    for name in (
        "answered_has_a_reply",
        "form_is_known",
        "state_is_known",
        "reply_has_a_digest",
        "cost_is_not_negative",
    ):
        op.drop_constraint(name, "call", type_="check")
    op.drop_index("call_by_question", table_name="call")
    for name in ("run", "role", "sitting"):
        op.add_column("call", sa.Column(name, sa.String(), nullable=True))
    op.add_column("call", sa.Column("epoch", sa.Integer(), nullable=True))
    op.add_column("call", sa.Column("worst", sa.Float(), nullable=True))
    op.execute(_CALLS_IN_PLACE)
    for name in ("debate_id", "epoch", "role"):
        op.alter_column("call", name, nullable=False)
    _check("call", _CALL)
    op.create_unique_constraint(
        "call_debate_id_question_digest_attempt_key", "call", ["debate_id", "question_digest", "attempt"]
    )


def _check(table: str, checks: dict[str, str]) -> None:
    for name, condition in checks.items():
        op.create_check_constraint(name, table, condition)


def _finished_call() -> None:
    op.create_index("one_open_attempt", "call", ["debate_id", "question_digest"], unique=True, **only("state = 'open'"))
    op.create_index("call_by_run", "call", ["run", "cost", "worst"], unique=False)
    op.create_index("call_by_day", "call", ["opened_at", "cost", "worst"], unique=False)
    for trigger in _CALL_TRIGGERS:
        op.execute(trigger.made.on(op.get_bind()))


def _constraints(checks: dict[str, str]) -> tuple[sa.CheckConstraint, ...]:
    return tuple(sa.CheckConstraint(condition, name=name) for name, condition in checks.items())


def downgrade() -> None:
    raise NotImplementedError("what the ledger knows of calls has no place in the older schema; restore the copy")

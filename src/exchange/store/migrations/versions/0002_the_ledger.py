"""The ledger: leases, reservations, and calls whose outcome nobody knows

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# An attempt that a process left open has no owner any more: whether it was answered, nobody can say.
_CALLS = """
INSERT INTO call_2 (id, debate_id, epoch, place, role, sitting, model, sample, attempt, form, question, question_digest,
    state, reply, reply_digest, finish, input_tokens, output_tokens, worst, cost, error, opened_at, closed_at)
SELECT id, debate_id, 0, place,
    CASE WHEN place LIKE 'judge-%' THEN 'judge' ELSE substr(place, 1, instr(place, '/') - 1) END,
    CASE WHEN place LIKE 'judge-%' THEN substr(place, instr(place, '/') + 1) END,
    model, sample, row_number() OVER (PARTITION BY debate_id, question_digest ORDER BY id), form, question,
    question_digest, CASE state WHEN 'open' THEN 'unknown' ELSE state END, reply, reply_digest, finish, input_tokens,
    output_tokens, CASE WHEN model NOT LIKE 'openai:%' THEN 0.0 END, cost, CASE state WHEN 'open' THEN 'the process that asked ended before an answer came' ELSE error END,
    opened_at, COALESCE(closed_at, opened_at)
FROM call
"""


def upgrade() -> None:
    for column in (
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_until", sa.String(), nullable=True),
        sa.Column("parked_until", sa.String(), nullable=True),
    ):
        op.add_column("debate", column)
    _call()
    _verdict()


def _call() -> None:
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
        sa.CheckConstraint("state IN ('open', 'answered', 'failed', 'unknown', 'late')", name="state_is_known"),
        sa.CheckConstraint("(state IN ('answered', 'late')) = (reply IS NOT NULL)", name="answered_has_a_reply"),
        sa.CheckConstraint("(reply IS NULL) = (reply_digest IS NULL)", name="reply_has_a_digest"),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_has_a_time"),
        sa.CheckConstraint("form IN ('json_schema', 'json_object')", name="form_is_known"),
        sa.CheckConstraint("role IN ('proposer', 'critic', 'judge')", name="role_is_known"),
        sa.CheckConstraint("(role = 'judge') = (sitting IS NOT NULL)", name="judge_has_a_sitting"),
        sa.CheckConstraint("cost >= 0", name="cost_is_not_negative"),
        sa.CheckConstraint("worst >= 0", name="worst_is_not_negative"),
        sa.ForeignKeyConstraint(["debate_id"], ["debate.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("debate_id", "question_digest", "attempt"),
    )
    op.execute(_CALLS)
    op.drop_index("call_by_question", table_name="call")
    _replace("call")
    op.create_index(
        "one_open_attempt",
        "call",
        ["debate_id", "question_digest"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_index("call_by_run", "call", ["run", "cost", "worst"], unique=False)
    op.create_index("call_by_day", "call", ["opened_at", "cost", "worst"], unique=False)
    op.execute("CREATE TRIGGER call_kept BEFORE DELETE ON call BEGIN SELECT RAISE(ABORT, 'call is kept'); END")
    op.execute(
        "CREATE TRIGGER call_settled BEFORE UPDATE ON call WHEN OLD.state NOT IN ('open', 'unknown') "
        "BEGIN SELECT RAISE(ABORT, 'a settled call is not changed'); END"
    )


def _verdict() -> None:
    op.create_table(
        "verdict_2",
        sa.Column("debate_id", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("when", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("credence", sa.Integer(), nullable=True),
        sa.Column("unscored", sa.String(), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint("\"order\" IN ('blind', 'proposer-first', 'critic-first')", name="order_is_known"),
        sa.CheckConstraint("\"when\" IN ('prior', 'final')", name="when_is_known"),
        sa.CheckConstraint("(credence IS NULL) = (unscored IS NOT NULL)", name="verdict_or_reason"),
        sa.CheckConstraint("credence >= 0 AND credence <= 100", name="credence_is_a_percentage"),
        sa.CheckConstraint("credence = CAST(credence AS INTEGER)", name="credence_is_whole"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"]),
        sa.ForeignKeyConstraint(["debate_id"], ["debate.id"]),
        sa.PrimaryKeyConstraint("debate_id", "seat", "when", "order"),
    )
    op.execute("INSERT INTO verdict_2 SELECT * FROM verdict")
    _replace("verdict")
    for verb, event in (("kept", "DELETE"), ("unchanged", "UPDATE")):
        op.execute(
            f"CREATE TRIGGER verdict_{verb} BEFORE {event} ON verdict "
            "BEGIN SELECT RAISE(ABORT, 'verdict is append-only'); END"
        )


def _replace(table: str) -> None:
    """Puts the new table in the place of the old one; references by name stay as they are."""
    op.drop_table(table)
    op.rename_table(f"{table}_2", table)


def downgrade() -> None:
    raise NotImplementedError("what the ledger knows of calls has no place in the older schema; restore the copy")

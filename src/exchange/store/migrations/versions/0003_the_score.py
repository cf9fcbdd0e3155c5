"""The score: policies, sittings during a debate, imported debates, outcomes

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from exchange.store.dialects import append_only, on_postgres, only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TURN = {"turn_has_a_call": "call_id IS NOT NULL OR model LIKE 'transcript:%'"}
_SCORE_EVENT = {
    "own_score_has_an_interval": "value IS NULL OR low IS NOT NULL OR (cause IN ('imported', 'outcome') AND debate_id IS NULL)",
    "imported_is_scored": "cause != 'imported' OR state = 'scored' OR debate_id IS NOT NULL",
}
_VERDICT = {
    "when_is_known": "\"when\" IN ('prior', 'baseline', 'interim', 'final')",
    "order_is_known": "\"order\" IN ('blind', 'proposer-first', 'critic-first')",
    "without_debate_is_blind": "(\"when\" IN ('prior', 'baseline')) = (\"order\" = 'blind')",
    "number_where_several": "(\"when\" IN ('interim', 'baseline')) = (number > 0)",
    "number_is_whole": "number BETWEEN 0 AND 1000 AND number = CAST(number AS INTEGER)",
    "credence_is_a_percentage": "credence >= 0 AND credence <= 100",
    "credence_is_whole": "credence = CAST(credence AS INTEGER)",
    "verdict_has_a_call": "credence IS NULL OR call_id IS NOT NULL OR model LIKE 'transcript:%'",
    "verdict_or_reason": "(credence IS NULL) = (unscored IS NOT NULL)",
    "reason_has_words": "unscored != ''",
}


def upgrade() -> None:
    if on_postgres(op.get_bind()):
        _in_place()
    else:
        _anew()
    op.create_index("outcome_event", "score_event", ["hypothesis_id"], **only("cause IN ('outcome', 'withdrawn')"))
    _policies()
    kept = ("turn", "verdict", "score_event", "policy", "policy_in_force")
    for table in kept[3:] if on_postgres(op.get_bind()) else kept:
        for trigger in append_only(table):
            op.execute(trigger.made.on(op.get_bind()))


def _in_place() -> None:
    """PostgreSQL can change a column and a constraint, and the triggers stay."""
    op.alter_column("turn", "call_id", nullable=True)
    for name in ("imported_score_has_no_debate", "own_score_has_an_interval", "imported_is_scored"):
        op.drop_constraint(name, "score_event", type_="check")
    for name in (
        "when_is_known",
        "order_is_known",
        "prior_is_blind",
        "credence_is_a_percentage",
        "credence_is_whole",
        "verdict_has_a_call",
        "verdict_or_reason",
        "reason_has_words",
    ):
        op.drop_constraint(name, "verdict", type_="check")
    op.add_column("verdict", sa.Column("number", sa.Integer(), server_default="0", nullable=False))
    op.drop_constraint("verdict_pkey", "verdict", type_="primary")
    op.create_primary_key("verdict_pkey", "verdict", ["debate_id", "seat", "when", "order", "number"])
    for table, checks in (("turn", _TURN), ("score_event", _SCORE_EVENT), ("verdict", _VERDICT)):
        for name, condition in checks.items():
            op.create_check_constraint(name, table, condition)


def _anew() -> None:
    with op.batch_alter_table("turn", recreate="always", table_args=_constraints(_TURN)) as batch:
        batch.alter_column("call_id", nullable=True)
    with op.batch_alter_table("score_event", recreate="always", table_args=_constraints(_SCORE_EVENT)) as batch:
        for name in ("imported_score_has_no_debate", "own_score_has_an_interval", "imported_is_scored"):
            batch.drop_constraint(name, type_="check")
    _new_verdict()


def _new_verdict() -> None:
    op.create_table(
        "verdict_2",
        sa.Column("debate_id", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("when", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("credence", sa.Integer(), nullable=True),
        sa.Column("unscored", sa.String(), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        *_constraints(_VERDICT),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"]),
        sa.ForeignKeyConstraint(["debate_id"], ["debate.id"]),
        sa.PrimaryKeyConstraint("debate_id", "seat", "when", "order", "number"),
    )
    op.execute(
        'INSERT INTO verdict_2 SELECT debate_id, seat, "when", "order", 0, model, credence, unscored, call_id, record, digest '
        "FROM verdict"
    )
    op.drop_table("verdict")
    op.rename_table("verdict_2", "verdict")


def _policies() -> None:
    op.create_table(
        "policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "version"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "policy_in_force",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _constraints(checks: dict[str, str]) -> tuple[sa.CheckConstraint, ...]:
    return tuple(sa.CheckConstraint(condition, name=name) for name, condition in checks.items())


def downgrade() -> None:
    raise NotImplementedError("imported debates and polls have no place in the older schema; restore the copy")

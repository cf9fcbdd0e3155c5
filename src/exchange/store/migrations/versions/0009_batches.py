"""Batches: work on many hypotheses, item by item

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_UNDER_WAY = "state IN ('filling', 'open')"


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("cap", sa.Float(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("begun_at", sa.String(), nullable=False),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('filling', 'open', 'done', 'cancelled')", name="state_is_known"),
        sa.CheckConstraint(f"({_UNDER_WAY}) = (ended_at IS NULL)", name="ended_has_a_time"),
        sa.CheckConstraint("cap >= 0 AND cap <= 1000000000", name="cap_is_an_amount"),
        sa.PrimaryKeyConstraint("id"),
    )
    under_way = sa.text(_UNDER_WAY)
    op.create_index(
        "one_batch_under_way", "batch", ["asked"], unique=True, sqlite_where=under_way, postgresql_where=under_way
    )
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("hypothesis_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("heard_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.Column("debate_id", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.String(), nullable=True),
        sa.Column("leased_until", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'done', 'failed', 'quarantined')", name="state_is_known"),
        sa.CheckConstraint("kind IN ('policy', 'judges', 'debate')", name="kind_is_known"),
        sa.CheckConstraint("(kind = 'judges') = (heard_id IS NOT NULL)", name="judges_hear_a_debate"),
        sa.CheckConstraint("(state = 'taken') = (owner IS NOT NULL)", name="taken_has_an_owner"),
        sa.CheckConstraint("alone IN (TRUE, FALSE)", name="alone_or_not"),
        sa.CheckConstraint("cost >= 0 AND cost <= 1000000000", name="cost_is_an_amount"),
        *(
            sa.CheckConstraint(
                f"{column} BETWEEN {low} AND {high} AND {column} = CAST({column} AS INTEGER)",
                name=f"{column}_is_whole",
            )
            for column, low, high in (
                ("ordinal", 1, 100_000_000),
                ("tries", 0, 1_000_000),
                ("deaths", 0, 1_000_000),
                ("epoch", 0, 1_000_000_000),
            )
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        sa.ForeignKeyConstraint(["debate_id"], ["debate.id"]),
        sa.ForeignKeyConstraint(["heard_id"], ["debate.id"]),
        sa.ForeignKeyConstraint(["hypothesis_id"], ["hypothesis.id"]),
        sa.PrimaryKeyConstraint("batch_id", "ordinal"),
    )
    op.create_index(op.f("ix_batch_item_hypothesis_id"), "batch_item", ["hypothesis_id"], unique=False)
    op.create_index("next_item", "batch_item", ["batch_id", "state", "alone", "tries", "ordinal"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("batches have no place in the older schema; restore the copy")

"""Provider batches, and which calls went by one

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_STATES = (
    "'gathered', 'sending', 'validating', 'in_progress', 'finalizing', 'cancelling', 'completed', 'failed', "
    "'expired', 'cancelled', 'unsent'"
)


def upgrade() -> None:
    op.create_table(
        "provider_batch",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("input_file", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("leased_until", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("begun_at", sa.String(), nullable=False),
        sa.Column("sent_at", sa.String(), nullable=True),
        sa.Column("looked_at", sa.String(), nullable=True),
        sa.Column("cancelled_at", sa.String(), nullable=True),
        sa.Column("settled_at", sa.String(), nullable=True),
        sa.CheckConstraint(f"state IN ({_STATES})", name="state_is_known"),
        sa.CheckConstraint("provider_id IS NULL OR input_file IS NOT NULL", name="made_from_a_file"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_provider_batch_run"), "provider_batch", ["run"], unique=False)
    op.add_column("call", sa.Column("provider_batch", sa.String(), nullable=True))
    sent = sa.text("provider_batch IS NOT NULL")
    op.create_index("call_by_batch", "call", ["provider_batch", "id"], sqlite_where=sent, postgresql_where=sent)


def downgrade() -> None:
    raise NotImplementedError("calls that went by a batch have no place in the older schema; restore the copy")

"""Limits that processes share

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pace",
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("call_at", sa.Float(), nullable=False),
        sa.Column("token_at", sa.Float(), nullable=False),
        sa.Column("token_gap", sa.Float(), nullable=False),
        sa.Column("not_before", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("model"),
    )


def downgrade() -> None:
    op.drop_table("pace")

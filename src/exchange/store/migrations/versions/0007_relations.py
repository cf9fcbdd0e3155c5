"""Relations of hypotheses to pages, what claims name and would do, and what curators say

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

from exchange.store.dialects import only

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PAGES = (
    "SELECT r.hypothesis_id, h.title AS hypothesis, p.slug AS page_slug, p.title AS page, r.relevance, r.reasons "
    "FROM relation AS r JOIN hypothesis AS h ON h.id = r.hypothesis_id JOIN page AS p ON p.id = r.page_id"
)


def upgrade() -> None:
    op.create_table(
        "claim_name",
        sa.Column("hypothesis_id", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"]),
        sa.ForeignKeyConstraint(["hypothesis_id"], ["hypothesis.id"]),
        sa.PrimaryKeyConstraint("hypothesis_id", "entity_id"),
    )
    op.create_index(op.f("ix_claim_name_entity_id"), "claim_name", ["entity_id"], unique=False)
    op.create_table(
        "relation",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("hypothesis_id", sa.String(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.CheckConstraint("relevance >= 0 AND relevance <= 1", name="relevance_is_a_fraction"),
        sa.ForeignKeyConstraint(["hypothesis_id"], ["hypothesis.id"]),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"]),
        sa.PrimaryKeyConstraint("page_id", "hypothesis_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_relation_hypothesis_id"), "relation", ["hypothesis_id"], unique=False)
    op.add_column("listing", sa.Column("because", sa.String(), nullable=True))
    op.add_column("listing", sa.Column("never", sa.Boolean(), server_default=sa.false(), nullable=False))
    # Whatever is stored has its relations made by the next import.
    for table in ("page", "hypothesis"):
        op.add_column(table, sa.Column("due", sa.Boolean(), server_default=sa.true(), nullable=False))
        op.create_index(f"{table}_due", table, ["due"], unique=False, **only("due"))
    for column in ("direction", "stance", "kin", "claim_digest", "targets_digest"):
        op.add_column("hypothesis", sa.Column(column, sa.String(), nullable=True))
    op.execute("DROP VIEW hypothesis_pages")
    op.execute(f"CREATE VIEW hypothesis_pages AS {_PAGES}")


def downgrade() -> None:
    raise NotImplementedError("relations have no place in the older schema; restore the copy")

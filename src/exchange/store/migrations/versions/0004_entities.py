"""Entities: identifiers, how a name came to be borne, names in texts, and associations

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entity", sa.Column("curie", sa.String(), nullable=True))
    op.create_index(op.f("ix_entity_curie"), "entity", ["curie"], unique=False)
    # What is known of older names is their small letters; the next import of their page says more.
    op.add_column("alias", sa.Column("spelling", sa.String(), server_default="", nullable=False))
    op.add_column("alias", sa.Column("given", sa.String(), server_default="link", nullable=False))
    op.execute("UPDATE alias SET spelling = name")
    op.create_table(
        "page_name",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"]),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"]),
        sa.PrimaryKeyConstraint("page_id", "entity_id"),
    )
    op.create_index(op.f("ix_page_name_entity_id"), "page_name", ["entity_id"], unique=False)
    op.create_table(
        "entity_link",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["entity.id"]),
        sa.PrimaryKeyConstraint("entity_id", "other_id", "source"),
    )
    op.create_index(op.f("ix_entity_link_other_id"), "entity_link", ["other_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("names in texts and associations have no place in the older schema; restore the copy")

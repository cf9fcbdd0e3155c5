"""What the front door reads: the imported value that stood before a score, from an index alone

Revision: 0005, after 0004
"""

from alembic import op

from exchange.store.dialects import only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "imported_event", "score_event", ["hypothesis_id", "at"], unique=False, **only("cause = 'imported'")
    )

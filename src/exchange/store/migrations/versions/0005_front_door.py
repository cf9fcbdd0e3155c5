"""What the front door reads: the imported value that stood before a score, from an index alone

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    imported = sa.text("cause = 'imported'")
    op.create_index("imported_event", "score_event", ["hypothesis_id", "at"], unique=False, sqlite_where=imported)

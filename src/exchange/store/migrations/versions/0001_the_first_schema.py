"""The first schema

Revision: 0001, the first
"""

import sqlalchemy as sa
from alembic import op

from exchange.store.dialects import append_only, only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("path", "slug"),
    )
    op.create_table(
        "hypothesis",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("imported_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "secret",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_secret"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "alias",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
        ),
        sa.PrimaryKeyConstraint("entity_id", "name"),
    )
    op.create_index(op.f("ix_alias_name"), "alias", ["name"], unique=False)
    op.create_table(
        "debate",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hypothesis_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stop_reason", sa.String(), nullable=True),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("started_at", sa.String(), nullable=False),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_has_a_time"),
        sa.CheckConstraint("state IN ('open', 'finished', 'failed')", name="state_is_known"),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_debate_hypothesis_id"), "debate", ["hypothesis_id"], unique=False)
    op.create_index("one_open_debate", "debate", ["hypothesis_id"], unique=True, **only("state = 'open'"))
    op.create_table(
        "listing",
        sa.Column("page_slug", sa.String(), nullable=False),
        sa.Column("hypothesis_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
        ),
        sa.PrimaryKeyConstraint("page_slug", "hypothesis_id"),
    )
    op.create_index(op.f("ix_listing_hypothesis_id"), "listing", ["hypothesis_id"], unique=False)
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=True),
        sa.Column("artifact", sa.String(), nullable=True),
        sa.Column("wiki_page_id", sa.String(), nullable=True),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("imported_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_index(op.f("ix_page_artifact"), "page", ["artifact"], unique=False)
    op.create_index(op.f("ix_page_entity_id"), "page", ["entity_id"], unique=False)
    op.create_index(op.f("ix_page_wiki_page_id"), "page", ["wiki_page_id"], unique=False)
    op.create_table(
        "target",
        sa.Column("hypothesis_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
        ),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
        ),
        sa.PrimaryKeyConstraint("hypothesis_id", "name"),
    )
    op.create_index(op.f("ix_target_entity_id"), "target", ["entity_id"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("debate_id", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
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
        sa.Column("cost", sa.Float(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("opened_at", sa.String(), nullable=False),
        sa.Column("closed_at", sa.String(), nullable=True),
        sa.CheckConstraint("(state = 'answered') = (reply IS NOT NULL)", name="answered_has_a_reply"),
        sa.CheckConstraint("form IN ('json_schema', 'json_object')", name="form_is_known"),
        sa.CheckConstraint("state IN ('open', 'answered', 'failed')", name="state_is_known"),
        sa.CheckConstraint("(reply IS NULL) = (reply_digest IS NULL)", name="reply_has_a_digest"),
        sa.CheckConstraint("cost >= 0", name="cost_is_not_negative"),
        sa.ForeignKeyConstraint(
            ["debate_id"],
            ["debate.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("call_by_question", "call", ["debate_id", "question_digest"], unique=False)
    op.create_table(
        "page_link",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
        ),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["page.id"],
        ),
        sa.PrimaryKeyConstraint("page_id", "entity_id"),
    )
    op.create_index(op.f("ix_page_link_entity_id"), "page_link", ["entity_id"], unique=False)
    op.create_table(
        "score_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hypothesis_id", sa.String(), nullable=False),
        sa.Column("debate_id", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("composite", sa.Float(), nullable=True),
        sa.Column("standing", sa.Integer(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.CheckConstraint("(state IN ('scored', 'contested')) = (value IS NOT NULL)", name="number_if_scored"),
        sa.CheckConstraint("cause != 'imported' OR debate_id IS NULL", name="imported_score_has_no_debate"),
        sa.CheckConstraint(
            "cause IN ('first debate', 'new evidence', 'new judge or model', 'new prompts or rubric', 'new policy', 're-roll', 'imported', 'outcome', 'withdrawn')",
            name="cause_is_known",
        ),
        sa.CheckConstraint("state IN ('scored', 'contested', 'insufficient', 'failed')", name="state_is_known"),
        sa.CheckConstraint("value IS NULL OR (cause = 'imported') = (low IS NULL)", name="own_score_has_an_interval"),
        sa.CheckConstraint("(low IS NULL) = (high IS NULL)", name="whole_interval"),
        sa.CheckConstraint("composite >= 0 AND composite <= 1", name="composite_is_a_fraction"),
        sa.CheckConstraint("high >= 0 AND high <= 1", name="high_is_a_fraction"),
        sa.CheckConstraint("low >= 0 AND low <= 1", name="low_is_a_fraction"),
        sa.CheckConstraint("low IS NULL OR (low <= value AND value <= high)", name="value_in_interval"),
        sa.CheckConstraint("value >= 0 AND value <= 1", name="value_is_a_fraction"),
        sa.ForeignKeyConstraint(
            ["debate_id"],
            ["debate.id"],
        ),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("current_score", "score_event", ["hypothesis_id", "standing", "id"], unique=False)
    op.create_index(op.f("ix_score_event_debate_id"), "score_event", ["debate_id"], unique=False)
    op.create_table(
        "turn",
        sa.Column("debate_id", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint("role IN ('proposer', 'critic', 'judge')", name="role_is_known"),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["debate_id"],
            ["debate.id"],
        ),
        sa.PrimaryKeyConstraint("debate_id", "ordinal"),
    )
    op.create_table(
        "verdict",
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
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["debate_id"],
            ["debate.id"],
        ),
        sa.PrimaryKeyConstraint("debate_id", "seat", "when", "order"),
    )

    for table in ("turn", "verdict", "score_event"):
        for trigger in append_only(table):
            op.execute(trigger.made.on(op.get_bind()))


def downgrade() -> None:
    op.drop_table("verdict")
    op.drop_table("turn")
    op.drop_index(op.f("ix_score_event_debate_id"), table_name="score_event")
    op.drop_index("current_score", table_name="score_event")
    op.drop_table("score_event")
    op.drop_index(op.f("ix_page_link_entity_id"), table_name="page_link")
    op.drop_table("page_link")
    op.drop_index("call_by_question", table_name="call")
    op.drop_table("call")
    op.drop_index(op.f("ix_target_entity_id"), table_name="target")
    op.drop_table("target")
    op.drop_index(op.f("ix_page_wiki_page_id"), table_name="page")
    op.drop_index(op.f("ix_page_entity_id"), table_name="page")
    op.drop_index(op.f("ix_page_artifact"), table_name="page")
    op.drop_table("page")
    op.drop_index(op.f("ix_listing_hypothesis_id"), table_name="listing")
    op.drop_table("listing")
    op.drop_index("one_open_debate", table_name="debate", sqlite_where=sa.text("state = 'open'"))
    op.drop_index(op.f("ix_debate_hypothesis_id"), table_name="debate")
    op.drop_table("debate")
    op.drop_index(op.f("ix_alias_name"), table_name="alias")
    op.drop_table("alias")
    op.drop_table("secret")
    op.drop_table("hypothesis")
    op.drop_table("entity")

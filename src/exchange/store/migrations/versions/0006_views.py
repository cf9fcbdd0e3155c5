"""Views for other tools

Revision: 0006, after 0005

A later step that makes one of the viewed tables anew must drop the views first and make them again: SQLite renames no
table while a view names one that is missing.
"""

from alembic import op

from exchange.store.dialects import on_postgres

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_VIEWS = {
    "current_scores": (
        "SELECT hypothesis_id, title, state, value, low, high, composite, cause, demonstration, policy, "
        "debate_id, at, score_event_id FROM (SELECT e.hypothesis_id, h.title, e.state, e.value, e.low, "
        "e.high, e.composite, e.cause, e.demonstration, e.policy, e.debate_id, e.at, e.id AS score_event_id, "
        "row_number() OVER (PARTITION BY e.hypothesis_id ORDER BY e.standing DESC, e.id DESC) AS place FROM "
        "score_event AS e JOIN hypothesis AS h ON h.id = e.hypothesis_id WHERE e.id >= coalesce((SELECT "
        "max(o.id) FROM score_event AS o WHERE o.hypothesis_id = e.hypothesis_id AND o.cause IN ('outcome', "
        "'withdrawn')), 0)) WHERE place = 1"
    ),
    "hypothesis_pages": (
        "SELECT h.id AS hypothesis_id, h.title AS hypothesis, p.slug AS page_slug, p.title AS page, 'listed' "
        "AS why, NULL AS entity FROM listing AS l JOIN hypothesis AS h ON h.id = l.hypothesis_id JOIN page AS "
        "p ON p.slug = l.page_slug UNION ALL SELECT h.id, h.title, p.slug, p.title, 'subject', e.name FROM "
        "target AS t JOIN hypothesis AS h ON h.id = t.hypothesis_id JOIN entity AS e ON e.id = t.entity_id "
        "JOIN page AS p ON p.entity_id = t.entity_id UNION ALL SELECT h.id, h.title, p.slug, p.title, "
        "'linked', e.name FROM target AS t JOIN hypothesis AS h ON h.id = t.hypothesis_id JOIN entity AS e ON "
        "e.id = t.entity_id JOIN page_link AS k ON k.entity_id = t.entity_id JOIN page AS p ON p.id = "
        "k.page_id UNION ALL SELECT h.id, h.title, p.slug, p.title, 'named', e.name FROM target AS t JOIN "
        "hypothesis AS h ON h.id = t.hypothesis_id JOIN entity AS e ON e.id = t.entity_id JOIN page_name AS n "
        "ON n.entity_id = t.entity_id JOIN page AS p ON p.id = n.page_id"
    ),
    "debate_costs": (
        "SELECT d.id AS debate_id, d.hypothesis_id, h.title AS hypothesis, d.state, d.started_at, d.ended_at, "
        "count(c.id) AS calls, coalesce(sum(c.state IN ('answered', 'late')), 0) AS answered, "
        "coalesce(sum(c.input_tokens), 0) AS input_tokens, coalesce(sum(c.output_tokens), 0) AS "
        "output_tokens, coalesce(sum(c.cost), 0.0) AS cost, coalesce(sum(coalesce(c.cost, c.worst)), 0.0) AS "
        "at_most, coalesce(sum(c.id IS NOT NULL AND c.cost IS NULL AND c.worst IS NULL), 0) AS unpriced FROM "
        "debate AS d JOIN hypothesis AS h ON h.id = d.hypothesis_id LEFT JOIN call AS c ON c.debate_id = d.id "
        "GROUP BY d.id"
    ),
    "hypothesis_verdicts": (
        'SELECT d.hypothesis_id, h.title AS hypothesis, v.debate_id, v.seat, v.model, v."when" AS sitting, '
        'v."order", v.number, v.credence, v.unscored FROM verdict AS v JOIN debate AS d ON d.id = v.debate_id '
        "JOIN hypothesis AS h ON h.id = d.hypothesis_id"
    ),
}

# PostgreSQL counts no truths, names every column that is grouped by, and wants a name for a query in FROM.
_ON_POSTGRES = {
    "current_scores": (
        "SELECT hypothesis_id, title, state, value, low, high, composite, cause, demonstration, policy, "
        "debate_id, at, score_event_id FROM (SELECT e.hypothesis_id, h.title, e.state, e.value, e.low, "
        "e.high, e.composite, e.cause, e.demonstration, e.policy, e.debate_id, e.at, e.id AS score_event_id, "
        "row_number() OVER (PARTITION BY e.hypothesis_id ORDER BY e.standing DESC, e.id DESC) AS place FROM "
        "score_event AS e JOIN hypothesis AS h ON h.id = e.hypothesis_id WHERE e.id >= coalesce((SELECT "
        "max(o.id) FROM score_event AS o WHERE o.hypothesis_id = e.hypothesis_id AND o.cause IN ('outcome', "
        "'withdrawn')), 0)) AS ranked WHERE place = 1"
    ),
    "debate_costs": (
        "SELECT d.id AS debate_id, d.hypothesis_id, h.title AS hypothesis, d.state, d.started_at, d.ended_at, "
        "count(c.id) AS calls, count(*) FILTER (WHERE c.state IN ('answered', 'late')) AS answered, "
        "coalesce(sum(c.input_tokens), 0) AS input_tokens, coalesce(sum(c.output_tokens), 0) AS "
        "output_tokens, coalesce(sum(c.cost), 0.0) AS cost, coalesce(sum(coalesce(c.cost, c.worst)), 0.0) AS "
        "at_most, count(*) FILTER (WHERE c.id IS NOT NULL AND c.cost IS NULL AND c.worst IS NULL) AS unpriced FROM "
        "debate AS d JOIN hypothesis AS h ON h.id = d.hypothesis_id LEFT JOIN call AS c ON c.debate_id = d.id "
        "GROUP BY d.id, h.id"
    ),
}


def upgrade() -> None:
    for name, query in (_VIEWS | (_ON_POSTGRES if on_postgres(op.get_bind()) else {})).items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def downgrade() -> None:
    for name in _VIEWS:
        op.execute(f"DROP VIEW {name}")

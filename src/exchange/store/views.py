"""Views for those who look into the database with other tools, as in `datasette exchange.db`. Nothing here reads them.

They use no function of JSON: where a schema is not trusted, as in the store's own connections, SQLite refuses these in views.
"""

from dataclasses import dataclass

from sqlalchemy import MetaData

from exchange.store.constraints import listen
from exchange.store.dialects import Both


@dataclass(frozen=True, kw_only=True)
class View:
    """A view: what a row of it is, what each column says, and the query."""

    name: str
    about: str
    columns: dict[str, str]
    query: str
    postgres: str | None = None

    @property
    def made(self) -> Both:
        """The statement that makes it; `postgres` is the query where it is another one there."""
        begun = f"CREATE VIEW {self.name} AS "
        return Both(sqlite=begun + self.query, postgres=begun + (self.postgres or self.query))


VIEWS = (
    View(
        name="current_scores",
        about="A hypothesis that was debated or given a score, with its current score event: of those since its latest outcome the highest standing, then the latest.",
        columns={
            "hypothesis_id": "the hypothesis",
            "title": "its title",
            "state": "scored, contested, insufficient or failed",
            "value": "the pooled credence, 0 to 1; NULL where there is no number",
            "low": "where its interval begins",
            "high": "where it ends",
            "composite": "the rubric's weighted mean, 0 to 1",
            "cause": "why the event was appended",
            "demonstration": "1 where it judges nothing",
            "policy": "what it was scored under",
            "debate_id": "the debate behind it; NULL where it was imported",
            "at": "when, in UTC",
            "score_event_id": "the event",
        },
        query=(
            "SELECT hypothesis_id, title, state, value, low, high, composite, cause, "
            "demonstration, policy, debate_id, at, score_event_id FROM ("
            "SELECT e.hypothesis_id, h.title, e.state, e.value, e.low, e.high, e.composite, e.cause, e.demonstration, e.policy, "
            "e.debate_id, e.at, e.id AS score_event_id, "
            "row_number() OVER (PARTITION BY e.hypothesis_id ORDER BY e.standing DESC, e.id DESC) AS place "
            "FROM score_event AS e JOIN hypothesis AS h ON h.id = e.hypothesis_id "
            "WHERE e.id >= coalesce((SELECT max(o.id) FROM score_event AS o WHERE o.hypothesis_id = e.hypothesis_id "
            "AND o.cause IN ('outcome', 'withdrawn')), 0)) WHERE place = 1"
        ),
        postgres=(
            "SELECT hypothesis_id, title, state, value, low, high, composite, cause, "
            "demonstration, policy, debate_id, at, score_event_id FROM ("
            "SELECT e.hypothesis_id, h.title, e.state, e.value, e.low, e.high, e.composite, e.cause, e.demonstration, e.policy, "
            "e.debate_id, e.at, e.id AS score_event_id, "
            "row_number() OVER (PARTITION BY e.hypothesis_id ORDER BY e.standing DESC, e.id DESC) AS place "
            "FROM score_event AS e JOIN hypothesis AS h ON h.id = e.hypothesis_id "
            "WHERE e.id >= coalesce((SELECT max(o.id) FROM score_event AS o WHERE o.hypothesis_id = e.hypothesis_id "
            "AND o.cause IN ('outcome', 'withdrawn')), 0)) AS ranked WHERE place = 1"
        ),
    ),
    View(
        name="hypothesis_pages",
        about="A hypothesis that concerns a page.",
        columns={
            "hypothesis_id": "the hypothesis",
            "hypothesis": "its title",
            "page_slug": "the page",
            "page": "the page's title",
            "relevance": "how much, from 0 to 1; a page shows what reaches .4",
            "reasons": "why: a JSON list of lists, each a word and the names that go with it",
        },
        query=(
            "SELECT r.hypothesis_id, h.title AS hypothesis, p.slug AS page_slug, p.title AS page, r.relevance, r.reasons "
            "FROM relation AS r JOIN hypothesis AS h ON h.id = r.hypothesis_id JOIN page AS p ON p.id = r.page_id"
        ),
    ),
    View(
        name="debate_costs",
        about="A debate, with what its calls came to.",
        columns={
            "debate_id": "the debate",
            "hypothesis_id": "what it is about",
            "hypothesis": "its title",
            "state": "open, finished or failed",
            "started_at": "when it began, in UTC",
            "ended_at": "when it ended; NULL while it is open",
            "calls": "attempts at a model",
            "answered": "those that were answered",
            "input_tokens": "tokens in, as providers counted them",
            "output_tokens": "tokens out",
            "cost": "US dollars that are known",
            "at_most": "the same, with each call of unknown cost at the most that it may have cost",
            "unpriced": "calls of which not even that is known",
        },
        query=(
            "SELECT d.id AS debate_id, d.hypothesis_id, h.title AS hypothesis, d.state, d.started_at, d.ended_at, "
            "count(c.id) AS calls, coalesce(sum(c.state IN ('answered', 'late')), 0) AS answered, "
            "coalesce(sum(c.input_tokens), 0) AS input_tokens, coalesce(sum(c.output_tokens), 0) AS output_tokens, "
            "coalesce(sum(c.cost), 0.0) AS cost, coalesce(sum(coalesce(c.cost, c.worst)), 0.0) AS at_most, "
            "coalesce(sum(c.id IS NOT NULL AND c.cost IS NULL AND c.worst IS NULL), 0) AS unpriced "
            "FROM debate AS d JOIN hypothesis AS h ON h.id = d.hypothesis_id "
            "LEFT JOIN call AS c ON c.debate_id = d.id GROUP BY d.id"
        ),
        postgres=(
            "SELECT d.id AS debate_id, d.hypothesis_id, h.title AS hypothesis, d.state, d.started_at, d.ended_at, "
            "count(c.id) AS calls, count(*) FILTER (WHERE c.state IN ('answered', 'late')) AS answered, "
            "coalesce(sum(c.input_tokens), 0) AS input_tokens, coalesce(sum(c.output_tokens), 0) AS output_tokens, "
            "coalesce(sum(c.cost), 0.0) AS cost, coalesce(sum(coalesce(c.cost, c.worst)), 0.0) AS at_most, "
            "count(*) FILTER (WHERE c.id IS NOT NULL AND c.cost IS NULL AND c.worst IS NULL) AS unpriced "
            "FROM debate AS d JOIN hypothesis AS h ON h.id = d.hypothesis_id "
            "LEFT JOIN call AS c ON c.debate_id = d.id GROUP BY d.id, h.id"
        ),
    ),
    View(
        name="hypothesis_verdicts",
        about="What one judge said in one sitting, beside the hypothesis.",
        columns={
            "hypothesis_id": "the hypothesis",
            "hypothesis": "its title",
            "debate_id": "the debate",
            "seat": "the judge's seat",
            "model": "the judge's model",
            "sitting": "prior, baseline, interim or final",
            "order": "whose turns were read first; blind where none were",
            "number": "which of several such sittings",
            "credence": "the judge's probability in percent; NULL where nothing could be read",
            "unscored": "why nothing could be read",
        },
        query=(
            'SELECT d.hypothesis_id, h.title AS hypothesis, v.debate_id, v.seat, v.model, v."when" AS sitting, '
            'v."order", v.number, v.credence, v.unscored '
            "FROM verdict AS v JOIN debate AS d ON d.id = v.debate_id JOIN hypothesis AS h ON h.id = d.hypothesis_id"
        ),
    ),
)


def make(metadata: MetaData) -> None:
    """Makes the views after the tables."""
    for view in VIEWS:
        listen(metadata, "after_create", "sqlite", view.made.sqlite)
        listen(metadata, "after_create", "postgresql", view.made.postgres)

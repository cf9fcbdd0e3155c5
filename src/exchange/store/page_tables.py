"""The tables of pages and hypotheses, and of what joins them: entities, names, links and relations."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from exchange.store.constraints import fraction
from exchange.store.dialects import only

_DUE = {"server_default": "1"}


class EntityRow(SQLModel, table=True):
    """What a page is about, links to or names; `path` is the kind as links write it, `curie` its identifier elsewhere."""

    __tablename__ = "entity"
    __table_args__ = (UniqueConstraint("path", "slug"),)

    id: int = Field(primary_key=True)
    path: str
    slug: str
    name: str
    curie: str | None = Field(default=None, index=True)


class AliasRow(SQLModel, table=True):
    """A name by which an entity is called, casefolded; as it is spelt; and who gave it (domain.alias.Given)."""

    __tablename__ = "alias"

    entity_id: int = Field(primary_key=True, foreign_key="entity.id")
    name: str = Field(primary_key=True, index=True)
    spelling: str = Field(default="", sa_column_kwargs={"server_default": ""})
    given: str = Field(default="link", sa_column_kwargs={"server_default": "link"})


class EntityLinkRow(SQLModel, table=True):
    """Two entities go with each other, a gene with a disease mostly; `source` says so."""

    __tablename__ = "entity_link"

    entity_id: int = Field(primary_key=True, foreign_key="entity.id")
    other_id: int = Field(primary_key=True, foreign_key="entity.id", index=True)
    source: str = Field(primary_key=True)


class PageRow(SQLModel, table=True):
    """A wiki page; `record` is the domain's Page, `digest` the record's.

    `due` says, here and of hypotheses, whether its relations are to be made anew: it rises with each change, and is 0 once
    they are.
    """

    __tablename__ = "page"
    __table_args__ = (Index("page_due", "due", **only("due > 0")),)

    id: int = Field(primary_key=True)
    slug: str = Field(unique=True)
    title: str
    entity_id: int | None = Field(default=None, foreign_key="entity.id", index=True)
    artifact: str | None = Field(default=None, index=True)
    wiki_page_id: str | None = Field(default=None, index=True)
    record: str
    digest: str
    imported_at: str
    due: int = Field(default=1, sa_column_kwargs=_DUE)


class PageLinkRow(SQLModel, table=True):
    """A page links to an entity."""

    __tablename__ = "page_link"

    page_id: int = Field(primary_key=True, foreign_key="page.id")
    entity_id: int = Field(primary_key=True, foreign_key="entity.id", index=True)


class PageNameRow(SQLModel, table=True):
    """A page's text names an entity that it neither links to nor is about."""

    __tablename__ = "page_name"

    page_id: int = Field(primary_key=True, foreign_key="page.id")
    entity_id: int = Field(primary_key=True, foreign_key="entity.id", index=True)


class HypothesisRow(SQLModel, table=True):
    """One claim; `record` is the domain's Hypothesis.

    What follows is read from the claim: `direction` what it would do to its target, `stance` whether it expects good (+) or
    ill (-) of more of it, and of which target, `kin` the first of those that say nearly the same; the digests are those that a
    basis has of claim and targets.
    """

    __tablename__ = "hypothesis"
    __table_args__ = (Index("hypothesis_due", "due", **only("due > 0")),)

    id: str = Field(primary_key=True)
    title: str
    record: str
    imported_at: str
    due: int = Field(default=1, sa_column_kwargs=_DUE)
    direction: str | None = None
    stance: str | None = None
    kin: str | None = None
    claim_digest: str | None = None
    targets_digest: str | None = None


class TargetRow(SQLModel, table=True):
    """A name that a hypothesis targets, and the entity that it was linked to."""

    __tablename__ = "target"

    hypothesis_id: str = Field(primary_key=True, foreign_key="hypothesis.id")
    name: str = Field(primary_key=True)
    entity_id: int | None = Field(default=None, foreign_key="entity.id", index=True)


class ClaimNameRow(SQLModel, table=True):
    """A claim names an entity that is none of its targets."""

    __tablename__ = "claim_name"

    hypothesis_id: str = Field(primary_key=True, foreign_key="hypothesis.id")
    entity_id: int = Field(primary_key=True, foreign_key="entity.id", index=True)


class ListingRow(SQLModel, table=True):
    """A page lists a hypothesis: those who wrote the page say so, or a curator, with what they said as `because`.

    With `never`, a curator says that the hypothesis does not concern the page, whatever else there is.
    """

    __tablename__ = "listing"

    page_slug: str = Field(primary_key=True)
    hypothesis_id: str = Field(primary_key=True, foreign_key="hypothesis.id", index=True)
    because: str | None = None
    never: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class LinkingRow(SQLModel, table=True):
    """One row: `names` is the digest of the names by which all texts were linked, `owner` who links and relates just now."""

    __tablename__ = "linking"
    __table_args__ = (CheckConstraint("id = 1", name="one_linking"),)

    id: int = Field(primary_key=True)
    names: str | None = None
    owner: str | None = None
    leased_until: str | None = None


class RelationRow(SQLModel, table=True):
    """A hypothesis concerns a page; `reasons` is a JSON list of lists, each why and the names that go with it.

    Made from the other tables, and made anew where `due` says so. A row's page stands first, and SQLite keeps the rows in
    that order, so that a page's are found side by side.
    """

    __tablename__ = "relation"
    __table_args__ = (fraction("relevance"), {"sqlite_with_rowid": False})

    page_id: int = Field(primary_key=True, foreign_key="page.id")
    hypothesis_id: str = Field(primary_key=True, foreign_key="hypothesis.id", index=True)
    relevance: float
    reasons: str

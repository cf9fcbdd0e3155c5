"""The tables. Their classes describe the schema and are never used to check input: the domain's records are.

Turns, verdicts and score events are append-only, and a settled call is never changed; triggers hold that. Texts in JSON
columns are domain records.
"""

from typing import cast

from sqlalchemy import CheckConstraint, Column, MetaData, Table
from sqlalchemy.types import LargeBinary
from sqlmodel import Field, SQLModel

from exchange.store.batch_tables import ProviderBatchRow as ProviderBatchRow
from exchange.store.constraints import hold
from exchange.store.debate_tables import CallRow as CallRow
from exchange.store.debate_tables import DebateRow as DebateRow
from exchange.store.debate_tables import PaceRow as PaceRow
from exchange.store.debate_tables import PolicyInForceRow as PolicyInForceRow
from exchange.store.debate_tables import PolicyRow as PolicyRow
from exchange.store.debate_tables import ScoreEventRow as ScoreEventRow
from exchange.store.debate_tables import TurnRow as TurnRow
from exchange.store.debate_tables import VerdictRow as VerdictRow
from exchange.store.page_tables import AliasRow as AliasRow
from exchange.store.page_tables import ClaimNameRow as ClaimNameRow
from exchange.store.page_tables import EntityLinkRow as EntityLinkRow
from exchange.store.page_tables import EntityRow as EntityRow
from exchange.store.page_tables import HypothesisRow as HypothesisRow
from exchange.store.page_tables import LinkingRow as LinkingRow
from exchange.store.page_tables import ListingRow as ListingRow
from exchange.store.page_tables import PageLinkRow as PageLinkRow
from exchange.store.page_tables import PageNameRow as PageNameRow
from exchange.store.page_tables import PageRow as PageRow
from exchange.store.page_tables import RelationRow as RelationRow
from exchange.store.page_tables import TargetRow as TargetRow
from exchange.store.queue_tables import BatchItemRow as BatchItemRow
from exchange.store.queue_tables import BatchRow as BatchRow
from exchange.store.queue_tables import WorkerRow as WorkerRow
from exchange.store.views import make

metadata: MetaData = SQLModel.metadata


def table(row: type[SQLModel]) -> Table:
    """The table that the class describes."""
    return cast("Table", row.__table__)  # type: ignore[attr-defined] # sqlmodel adds it at run time


class SecretRow(SQLModel, table=True):
    """The store's secret, from which fences are made; one row, never shown or exported."""

    __tablename__ = "secret"
    __table_args__ = (CheckConstraint("id = 1", name="one_secret"),)

    id: int = Field(primary_key=True)
    key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


hold(metadata)
make(metadata)

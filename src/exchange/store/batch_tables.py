"""The table of provider batches; its class describes the schema, as those of `tables` do."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from exchange.domain.batches import BatchState
from exchange.store.constraints import one_of


class ProviderBatchRow(SQLModel, table=True):
    """Questions to one model that went to its provider as one file; calls name the batch that they went with.

    `input_file` and `provider_id` are the provider's names; `note` says what was odd about its files. `settled_at` is when
    every call had its outcome.
    """

    __tablename__ = "provider_batch"
    __table_args__ = (
        CheckConstraint(one_of("state", BatchState), name="state_is_known"),
        CheckConstraint("provider_id IS NULL OR input_file IS NOT NULL", name="made_from_a_file"),
    )

    id: str = Field(primary_key=True)
    run: str = Field(index=True)
    model: str
    state: str
    input_file: str | None = None
    provider_id: str | None = None
    owner: str
    leased_until: str
    note: str | None = None
    begun_at: str
    sent_at: str | None = None
    looked_at: str | None = None
    cancelled_at: str | None = None
    settled_at: str | None = None

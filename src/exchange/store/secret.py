"""The store's secret: made once, from the system's randomness."""

import secrets

from sqlalchemy import insert, select
from sqlmodel import col

from exchange.store.engine import Store
from exchange.store.tables import SecretRow


def secret(store: Store) -> bytes:
    """The 32 bytes that only this store knows."""
    with store.writing() as transaction:
        key = transaction.execute(select(col(SecretRow.key))).scalar_one_or_none()
        if key is None:
            key = secrets.token_bytes(32)
            transaction.execute(insert(SecretRow).values(id=1, key=key))
        return key

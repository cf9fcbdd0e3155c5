"""The store's secret: made once, from the system's randomness."""

import secrets

from sqlalchemy import insert, select
from sqlmodel import col

from exchange.store.engine import Store
from exchange.store.tables import SecretRow

_KEY = select(col(SecretRow.key))


def secret(store: Store) -> bytes:
    """The 32 bytes that only this store knows."""
    with store.reading() as transaction:
        key = transaction.execute(_KEY).scalar_one_or_none()
    return _made(store) if key is None else key


def _made(store: Store) -> bytes:
    with store.writing() as transaction:
        key = transaction.execute(_KEY).scalar_one_or_none()
        if key is None:
            key = secrets.token_bytes(32)
            transaction.execute(insert(SecretRow).values(id=1, key=key))
        return key

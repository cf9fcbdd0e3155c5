"""Addresses of databases are read strictly, and shown without what is secret."""

from pathlib import Path

import pytest

from exchange.domain.address import Address, where
from exchange.errors import ConfigError

SECRET = "s3cr%40t%2Fx"


@pytest.mark.parametrize("text", ["exchange.db", "/var/a b.db", "postgres.db", "a:b.db"])
def test_what_has_no_scheme_is_a_path(text: str) -> None:
    assert where(text) == Path(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql+psycopg://me@host/name", "postgresql+psycopg://me@host/name"),
        ("postgresql://me@host:5433/name", "postgresql+psycopg://me@host:5433/name"),
        (f"postgresql+psycopg://me:{SECRET}@host/name", "postgresql+psycopg://me@host/name"),
        (f"postgresql+psycopg://me@/name?host=/run/pg&password={SECRET}", "postgresql+psycopg://me@/name?host=/run/pg"),
        ("postgresql+psycopg://host/name?sslpassword=hush&sslmode=require", "postgresql+psycopg://host/name"),
    ],
)
def test_an_address_is_shown_without_what_is_secret(text: str, shown: str) -> None:
    address = Address(text)

    assert (str(address), repr(address)) == (shown, shown)


@pytest.mark.parametrize(
    "text",
    [
        f"mysql://me:{SECRET}@host/name",
        f"postgresql+psycopg://me:{SECRET}@host:port/name",
        f"postgresql+psycopg://me:{SECRET}@host",
        f"postgresql+psycopg://me:{SECRET}@host/a/b",
        "postgresql+psycopg://me:a/b@host/name",
        "sqlite:///exchange.db",
    ],
)
def test_what_is_no_such_address_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        where(text)

    assert [secret for secret in ("s3cr", "me:", "a/b") if secret in str(refusal.value)] == []


def test_a_password_is_taken_out_of_a_text() -> None:
    address = Address(f"postgresql+psycopg://me:{SECRET}@host/name")

    assert address.hidden(f"tried s3cr@t/x and {SECRET}") == "tried *** and ***"

"""Which schemas there are, and what is said of a database of another one; alembic is not needed for that."""

from functools import cache
from pathlib import Path

from exchange.domain.address import Where
from exchange.errors import SchemaTooNew, StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
# What stands for the schema of a database that is being copied to: nobody takes it for one that can be read.
INCOMPLETE = "incomplete copy"


@cache
def revisions() -> tuple[str, ...]:
    """Every schema that there has been, oldest first: the numbers that the migrations' files begin with."""
    return tuple(sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def refuse_other(address: Where, revision: object) -> None:
    """Raises SchemaTooNew or StoreError for every schema but today's."""
    if revision == revisions()[-1]:
        return
    if revision == INCOMPLETE:
        raise StoreError(
            f"{address} is a copy that was not completed; the same `exchange db copy` begins it anew. --db names another."
        )
    if revision in revisions():
        raise StoreError(
            f"{address} was made by an older Exchange. `exchange import` upgrades it, as `exchange db migrate` does; "
            "make a copy first."
        )
    raise SchemaTooNew(f"{address} was made by a newer Exchange (schema {revision}). Upgrade exchange-debate.")

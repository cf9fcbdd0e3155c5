"""docs/tables.md, made from a database as migrations leave it: `python -m tests.store.tables_page` writes it anew."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from exchange.store import tables
from exchange.store.engine import MEMORY, Store, open_store
from exchange.store.views import VIEWS

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"
_HEAD = """# The tables

Exchange keeps everything in one SQLite file, or the same tables in a PostgreSQL database ([databases.md](databases.md));
`exchange doctor` prints where. Any tool that reads SQLite reads the file, for
instance `datasette exchange.db`. Begin with the views; they are made for that, and nothing in Exchange depends on them.

Columns that are called `record` hold JSON, so that `json_extract(record, '$.title')` reaches into it; `digest` is the
SHA-256 of the record, written as one JSON string. Times are UTC, ISO 8601. Reading changes nothing; to write is not meant: `turn`,
`verdict`, `score_event` and `policy` refuse it, and `exchange verify` finds what was changed elsewhere. Do not publish the
file itself: `secret` holds the key that fences are made from. `exchange export` leaves it out.

```sql
SELECT title, value, low, high FROM current_scores WHERE NOT demonstration ORDER BY low DESC LIMIT 20;
SELECT * FROM hypothesis_pages WHERE page_slug = 'genes-plin2';
SELECT hypothesis, calls, cost, at_most FROM debate_costs ORDER BY at_most DESC;
SELECT model, avg(credence), count(*) FROM hypothesis_verdicts WHERE sitting = 'final' GROUP BY model;
```
"""


def page(store: Store) -> str:
    """The page for the schema of that store."""
    lines = [_HEAD, "## Views\n", *(_view(store, view.name) for view in VIEWS), "## Tables\n"]
    return "\n".join([*lines, *(_table(store, row) for row in sorted(_rows(), key=_name))]).rstrip() + "\n"


def _view(store: Store, name: str) -> str:
    view = next(each for each in VIEWS if each.name == name)
    columns = [f"| `{column}` | {view.columns[column]} |" for column, *_ in _columns(store, name)]
    return "\n".join([f"### {name}\n", f"{view.about}\n", "| column | |", "|---|---|", *columns, ""])


def _table(store: Store, row: type[SQLModel]) -> str:
    about, leads = inspect.getdoc(row) or "", _leads(store, _name(row))
    columns = [
        f"| `{column}` | {kind.lower()}{'' if filled or key else ', or NULL'}{', key' if key else ''}{leads.get(column, '')} |"
        for column, kind, filled, key in _columns(store, _name(row))
    ]
    return "\n".join([f"### {_name(row)}\n", f"{about}\n", "| column | |", "|---|---|", *columns, ""])


def _columns(store: Store, name: str) -> list[tuple[str, str, bool, bool]]:
    found = _found(store, f'PRAGMA table_info("{name}")')
    return [(row.name, row.type, bool(row.notnull), bool(row.pk)) for row in found]


def _leads(store: Store, name: str) -> dict[str, str]:
    found = _found(store, f'PRAGMA foreign_key_list("{name}")')
    return {getattr(row, "from"): f" → `{row.table}.{row.to}`" for row in found}


def _found(store: Store, sql: str) -> list[Any]:
    with store.reading() as transaction:
        return list(transaction.exec_driver_sql(sql))


def _rows() -> Iterator[type[SQLModel]]:
    for _, row in inspect.getmembers(tables, inspect.isclass):
        if issubclass(row, SQLModel) and row is not SQLModel:
            yield row


def _name(row: type[SQLModel]) -> str:
    return str(row.__tablename__)


if __name__ == "__main__":
    opened = open_store(MEMORY, create=True)
    PAGE.write_text(page(opened), encoding="utf-8")
    opened.close()

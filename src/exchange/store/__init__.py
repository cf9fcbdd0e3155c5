"""The only rooms that know the database: tables, migrations, the ledger, and the queries."""

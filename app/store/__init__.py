"""The till's own SQLite database: tables, repositories, unit of work, outbox, migrations."""

"""The ledger in SQLite or PostgreSQL, by SQLAlchemy Core. `open.py` opens, `store.py` is the port."""

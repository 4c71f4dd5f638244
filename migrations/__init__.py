"""The database's history: one file for each change, read by Alembic."""

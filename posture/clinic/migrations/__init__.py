"""Migrations of databases of older versions, by Alembic."""

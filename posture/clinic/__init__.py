"""The client files: database, tables, histories, and what leaves them."""

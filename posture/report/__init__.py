"""The report of one photo, its JSON, and what it holds of practice."""

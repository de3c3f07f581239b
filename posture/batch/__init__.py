"""Thousands of photos: their list, the workers, the journal, the tables."""

"""Thin doors to the core: they collect input, call it and show the result."""

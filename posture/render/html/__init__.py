"""Pages that stand alone, from templates."""

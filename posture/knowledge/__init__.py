"""Everything read from the data files: records, limits, exercise rules, the tilt model, and their checks on load."""

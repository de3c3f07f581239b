"""Verdicts from measurements, with their probabilities."""

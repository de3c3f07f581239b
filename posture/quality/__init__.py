"""Checks that refuse a photo or widen its intervals, and the view of a body that passes them."""

"""A camera that goes on: guiding, holding, coaching and sitting."""

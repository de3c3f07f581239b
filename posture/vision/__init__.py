"""Readers of pixels: pose models, stickers, upright edges, faces."""

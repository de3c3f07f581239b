"""What looks at pixels: pose models, stickers, upright edges, faces."""

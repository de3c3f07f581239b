"""All contact with the world: the pose model, files, pictures, pages."""

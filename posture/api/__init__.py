"""The public face: `posture.analyze` and what it answers with."""

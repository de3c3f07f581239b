"""What the measurements say together: kinds of posture with their probabilities."""

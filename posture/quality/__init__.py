"""What makes a photo unfit or less sure: the checks, and the view of a body that passes them."""

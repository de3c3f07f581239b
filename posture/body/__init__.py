"""One body as it was seen: frame, pose, silhouette and outline, and both together in the sagittal frame."""

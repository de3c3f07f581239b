"""Files and cameras: photos, answers and frames in, whole files out."""

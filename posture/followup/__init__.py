"""Several reports of one person: change, rotation, medians, three poses and timelines."""

"""Pages before a camera that goes on: the check, three poses, exercises with a coach."""

"""Pages for a clinic: photos of many clients looked at one after another, and what became of each client."""

"""A command's outcome, as text for people and as JSON for programs."""

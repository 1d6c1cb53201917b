"""What can be found, with its weight and its page."""

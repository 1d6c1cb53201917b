"""What the guard costs, beside what plain SQL costs: `scripts/bench [PART …]`."""

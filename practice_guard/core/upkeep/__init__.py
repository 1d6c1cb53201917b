"""New snapshots taken, old ones let go."""

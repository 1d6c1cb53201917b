"""The core: takes an open connection and plain values, returns plain values. Knows no terminal and no settings."""

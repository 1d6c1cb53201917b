"""Rows put back: planned, written, proven, taken back."""

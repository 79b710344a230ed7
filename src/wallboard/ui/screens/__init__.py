"""A screen for each mode."""

"""Everything that sources said, written down as it came, and played again on the same board."""

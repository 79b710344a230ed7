"""Frozen facts of a contact centre, with no input or output: what every other floor speaks in."""

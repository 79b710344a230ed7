"""Requests to a vendor over HTTP: one client of a source for reading, one for acting.

The client library stands in this room alone: its maintained continuation has the same interface, and the change must
touch nothing else.
"""

"""Builds a recorded web out of readable sources: publishers, events, layouts and pictures."""

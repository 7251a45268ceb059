"""Subscribers, consent, letters, sends: not built yet."""

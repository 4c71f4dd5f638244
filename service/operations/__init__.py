"""Verbs: everything that changes something, and the event that says so, in one transaction."""

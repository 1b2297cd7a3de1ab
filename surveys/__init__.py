"""Tribometer: the service (people, HTTP, storage, time)."""

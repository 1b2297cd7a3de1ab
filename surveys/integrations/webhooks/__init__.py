"""Webhooks: events delivered to other programs, signed."""

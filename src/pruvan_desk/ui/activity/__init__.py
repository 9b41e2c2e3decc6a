"""The outbox, alerts and import runs."""

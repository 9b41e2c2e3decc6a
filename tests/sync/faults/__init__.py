"""The fault server, and the engine's parts against it."""

"""The engine: refresh, relay, field gateway, inspection of arrivals."""

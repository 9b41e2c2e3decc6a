"""The window. The only place, beside app.py, that knows Qt."""

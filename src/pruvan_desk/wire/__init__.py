"""The integration API: lenient reading, strict writing, both ways."""

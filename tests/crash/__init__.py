"""What `make crash` does: kills the engine at its work, again and again, and proves that nothing was lost or sent twice."""

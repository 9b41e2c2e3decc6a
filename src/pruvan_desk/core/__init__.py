"""What every layer may use: errors, changes, clock, settings, secrets, paths, logging."""

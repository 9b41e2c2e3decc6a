"""Read models for the window: plain frozen records made by Core selects, so that no row object reaches a widget."""

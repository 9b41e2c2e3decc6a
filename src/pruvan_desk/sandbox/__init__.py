"""A working FAStrack and crews with phones, for the demo and the tests. Knows only core and wire."""

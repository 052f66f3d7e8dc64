"""The conflict engine beside what one would otherwise use, on the same data and queries."""

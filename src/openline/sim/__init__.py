"""The simulator: a whole region in one process, from one seed, in virtual time."""

"""How effects happen: one module for each technology, behind a port."""

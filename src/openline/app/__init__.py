"""One running node: configuration, composition, the loop."""

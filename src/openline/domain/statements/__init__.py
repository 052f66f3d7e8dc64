"""Public statements: what a page said when, what changed, when to look again."""

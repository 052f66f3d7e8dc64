"""What node.toml may say: its keys, how each table is read, and its first text."""

"""The line: the Understanding, party cards, keys by position, states."""

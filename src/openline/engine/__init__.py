"""What a node does: events in, effects out; no I/O of its own."""

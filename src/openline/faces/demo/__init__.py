"""The demo: two nodes, and a story between them that is checked as it is told."""

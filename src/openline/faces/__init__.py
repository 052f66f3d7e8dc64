"""How people and programs meet the node: command line and HTTP API."""

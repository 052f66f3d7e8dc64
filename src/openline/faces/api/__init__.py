"""The officers' HTTP API."""

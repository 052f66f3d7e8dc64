"""Differences: in which values two versions of one thing differ."""

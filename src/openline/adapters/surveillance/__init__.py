"""Feeds of a party's own sensors: bytes from receivers and radars to sightings.

`feed.py` says what a feed is, one module for each format decodes it, `receiver.py`
keeps the connection and hands on what it tells. What cannot be decoded is refused
whole and counted by reason; nothing that a feed sends ends anything else.
"""

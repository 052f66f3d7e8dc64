"""Webhooks: events of the node posted to a program of the party's own, signed.

`signing` is the signature of the Standard Webhooks specification, `waiting` the events
that wait on the disk until they are taken, `posting` one request. Where they are posted
is said by the settings alone.
"""

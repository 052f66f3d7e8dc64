"""The record: encoding, envelopes, logs, receipts, ticks, certificates."""

"""Openline: a line between parties that do not trust each other.

Each party runs its own node. Nodes exchange signed, receipted, tamper-evident
messages; what was said, and what was not, can be proven offline.
"""

__version__ = "0.1.0"

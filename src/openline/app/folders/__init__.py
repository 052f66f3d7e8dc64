"""Watched folders: orders that appear there become drafts for an officer.

`settings` is what node.toml says of one, `orders` what a file becomes, `read_before`
which files were read, `watching` the loop over one folder, `running` all folders of a
node. Nothing is said on a line by itself: an officer releases each draft, or rejects it.
"""

"""Outlets: what a node shows in the party's own tools, out and one-way.

`settings` is what node.toml says of one, `picture` what a map shows now, `kept` what
must be known after a restart, `map_outlet` the stream of marks to a map, `running` all
outlets of one node. An outlet reads what the node tells its faces, and nothing comes in
by it. What is private goes out only where its settings name it.
"""

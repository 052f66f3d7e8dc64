"""The health port: what monitors ask of a running node, in plain HTTP."""

"""What is true: values and rules; same input, same output.

Nothing here does I/O, reads a clock or draws randomness. Time, random bytes
and keys come in as values. import-linter keeps it so.
"""

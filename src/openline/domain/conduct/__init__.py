"""Conduct: how the matters of a line stand, and which clocks run on them.

A matter is something that waits for somebody: a query, a warning, a request for
explanation. `life` folds what was said into where it stands, `clock` says what
is due, `subject` leads messages to matters, and `table` lists all of them.
"""

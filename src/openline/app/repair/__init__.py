"""Repair: what is sound of a damaged store, and the rest from the counterparts.

`found` sees what of each log can be proven, `lent` has the counterparts give what they
hold, `retold` writes the new store, and `mending` is the whole of it, in the order in
which nothing can be lost. The damaged store is kept.
"""

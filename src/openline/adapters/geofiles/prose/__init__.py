"""Areas, heights and times as people write them in messages: NOTAM, warnings.

A message is cut into passages, each of which knows the row where it begins. What is
said in them is found, counted before it is read, and never guessed.
"""

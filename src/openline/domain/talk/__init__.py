"""What is said: one module a subject, its messages, its life cycle, its clocks."""

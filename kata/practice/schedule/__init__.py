"""When what comes back, what is left to do, and what practice came to: all from the journal."""

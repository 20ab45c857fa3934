"""Answers to say: read from the model answers, rehearsed, and printed."""

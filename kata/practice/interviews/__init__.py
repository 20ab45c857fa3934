"""Mock interviews: their rounds, the exercise on a desk of its own, and the report."""

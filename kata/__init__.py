"""The engine of Flask Katas: it finds the exercises, runs them, and says what happened."""

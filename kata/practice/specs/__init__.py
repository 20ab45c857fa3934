"""Tests that a learner writes, judged by the answers that are kept."""

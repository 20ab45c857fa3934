"""What there is, and where the learner stands: exercises, progress, backups, shipped files.

Any other room may call it; it calls none, and knows nothing of pytest.
"""

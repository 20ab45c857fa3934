"""Bug hunts: kept answers as pull requests, judged by the tests."""

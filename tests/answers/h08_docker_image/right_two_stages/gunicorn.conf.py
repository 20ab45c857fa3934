"""Log requests; where to listen follows from PORT."""

accesslog = "-"

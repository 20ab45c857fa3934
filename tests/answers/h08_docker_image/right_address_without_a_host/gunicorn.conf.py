"""Bind to every address by leaving the host empty."""

import os

bind = f":{os.environ['PORT']}"
graceful_timeout = 1

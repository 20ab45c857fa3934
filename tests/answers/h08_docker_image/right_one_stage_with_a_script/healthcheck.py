"""Exit with 1 unless /healthz answers 200."""

import os
from urllib.error import URLError
from urllib.request import urlopen

try:
    with urlopen(f"http://127.0.0.1:{os.environ['PORT']}/healthz", timeout=2) as response:
        healthy = response.status == 200
except URLError:
    healthy = False
raise SystemExit(0 if healthy else 1)

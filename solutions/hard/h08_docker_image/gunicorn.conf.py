"""How gunicorn serves: it reads this file by itself from the folder that it starts in."""

import os

bind = f"0.0.0.0:{os.environ['PORT']}"

# `docker stop` sends SIGKILL 10 seconds after SIGTERM; gunicorn's own limit would be 30.
graceful_timeout = 8

# The image has no writable home for it, and nobody would use it there.
control_socket_disable = True

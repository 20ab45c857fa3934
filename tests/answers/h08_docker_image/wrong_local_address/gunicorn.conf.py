"""Listen on 127.0.0.1: inside a container that is the container, and nobody outside reaches it."""
# caught by: test_gunicorn_listens_on_every_address_at_port_8000

import os

bind = f"127.0.0.1:{os.environ['PORT']}"

# `docker stop` sends SIGKILL 10 seconds after SIGTERM; gunicorn's own limit would be 30.
graceful_timeout = 8

# The image has no writable home for it, and nobody would use it there.
control_socket_disable = True

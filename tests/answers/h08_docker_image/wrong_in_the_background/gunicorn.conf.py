"""Send gunicorn to the background, as on a server: process 1 ends, and the container with it."""
# caught by: test_gunicorn_serves_and_the_health_check_agrees

import os

bind = f"0.0.0.0:{os.environ['PORT']}"

# `docker stop` sends SIGKILL 10 seconds after SIGTERM; gunicorn's own limit would be 30.
graceful_timeout = 8
daemon = True

# The image has no writable home for it, and nobody would use it there.
control_socket_disable = True

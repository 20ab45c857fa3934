"""How gunicorn serves. It reads this file from the folder that it is started in."""

import os

bind = f"0.0.0.0:{os.environ['PORT']}"

# `docker stop` sends SIGKILL 10 seconds after SIGTERM; gunicorn's default would be 30.
graceful_timeout = 8

# The user has no home directory for the socket, and nobody would use it in a container.
control_socket_disable = True

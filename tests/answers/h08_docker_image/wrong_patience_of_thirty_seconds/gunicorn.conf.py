"""Leave graceful_timeout at 30 seconds: Docker kills after ten, with the requests that are running."""
# caught by: test_requests_finish_before_docker_kills_the_container

import os

bind = f"0.0.0.0:{os.environ['PORT']}"

# The image has no writable home for it, and nobody would use it there.
control_socket_disable = True

"""Have gunicorn set the key: whoever has the image has the key, and it replaces the one given at the start."""
# caught by: test_without_a_key_of_its_own_the_container_ends

import os

bind = f"0.0.0.0:{os.environ['PORT']}"
graceful_timeout = 8
control_socket_disable = True
raw_env = ["FLASK_SECRET_KEY=change-me"]

"""Give the environment a key where there is none: every container without one shares that of the image."""
# caught by: test_without_a_key_of_its_own_the_container_ends

import os

from docker_image import create_app

os.environ.setdefault("FLASK_SECRET_KEY", "change-me")

app = create_app()

"""What gunicorn imports: the application, made when a worker starts."""

from docker_image import create_app

app = create_app()

"""What gunicorn imports: the application, made when a worker starts."""

# TODO: Step 1, make the application with create_app, and name it as CMD does after the colon.
raise NotImplementedError("wsgi.py: make the application, under the name that CMD gives")

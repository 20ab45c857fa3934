# TODO: This is the Dockerfile of many a tutorial. Each step replaces a part of it.

# TODO: Step 2, a Python that is maintained, named by a tag that stays with it.
FROM python:3.9

# TODO: Step 3, everybody who has the image can read this.
ENV FLASK_SECRET_KEY=change-me

# TODO: Step 2, install from requirements.txt before the source is there; at the end, leave root.
WORKDIR /app
COPY . /app
RUN pip install Flask

# TODO: Step 4, PORT and a HEALTHCHECK.

# TODO: Step 1, gunicorn in exec form.
CMD ["python", "docker_image.py"]

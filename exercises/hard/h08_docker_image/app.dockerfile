# TODO: This is how many tutorials write it. Each step replaces part of it.

# TODO: Step 2, name a supported version of Python, slim.
FROM python:3.9

# TODO: Step 3, remove this: everybody who has the image can read it.
ENV FLASK_SECRET_KEY=change-me

# TODO: Step 2, install from requirements.txt, then copy the source, and choose a user other than root.
WORKDIR /app
COPY . /app
RUN pip install Flask

# TODO, further: Step 4, set PORT, and add a HEALTHCHECK.

# TODO: Step 1, start gunicorn, in exec form.
CMD ["python", "docker_image.py"]

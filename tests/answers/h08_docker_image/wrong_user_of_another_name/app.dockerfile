# Make a user of another name, whose home is the folder app: USER finds no user app.
# caught by: test_the_process_is_a_known_user_other_than_root

FROM python:3.14-slim

RUN useradd --system --home-dir /app web

WORKDIR /app

# These two steps stay in the build cache until requirements.txt changes.
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

COPY docker_image.py wsgi.py gunicorn.conf.py ./

# The files belong to root: the process can read them but not change them.
USER app

ENV PORT=8000
EXPOSE 8000

# Python, because the image has no curl. An error status raises an exception: exit status 1.
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz')"]

CMD ["gunicorn", "wsgi:app"]

# Put the key into a label, which `docker inspect` shows.
# caught by: test_no_instruction_holds_a_secret
FROM python:3.14-slim

RUN useradd --system --no-create-home app

WORKDIR /app

# These two steps stay in the build cache until requirements.txt changes.
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

COPY docker_image.py wsgi.py gunicorn.conf.py ./

# The files belong to root: the process can read them but not change them.
USER app

ENV PORT=8000
EXPOSE 8000
LABEL flask_secret_key=hunter2

# Python, because the image has no curl. An error status raises an exception: exit status 1.
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz')"]

CMD ["gunicorn", "wsgi:app"]

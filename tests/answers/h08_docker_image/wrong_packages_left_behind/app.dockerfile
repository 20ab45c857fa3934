# Install in a stage of its own and forget to fetch the result: the image has no gunicorn to start.
# caught by: test_the_final_stage_has_the_packages_and_the_source

FROM python:3.14-slim AS build
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

FROM python:3.14-slim

RUN useradd --system --no-create-home app

WORKDIR /app

COPY docker_image.py wsgi.py gunicorn.conf.py ./

# The files belong to root: the process can read them and not change them.
USER app

ENV PORT=8000
EXPOSE 8000

# Python asks, since the image has no curl. An error status raises, and so exits with 1.
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz')"]

CMD ["gunicorn", "wsgi:app"]

# Copy the modules and forget gunicorn.conf.py: gunicorn starts without it, with 30 seconds of patience.
# caught by: test_the_final_stage_has_the_packages_and_the_source, test_requests_finish_before_docker_kills_the_container

FROM python:3.14-slim

RUN useradd --system --no-create-home app

WORKDIR /app

# These two steps stay in the build cache until requirements.txt changes.
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

COPY docker_image.py wsgi.py ./

# The files belong to root: the process can read them and not change them.
USER app

ENV PORT=8000
EXPOSE 8000

# Python asks, since the image has no curl. An error status raises, and so exits with 1.
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz')"]

CMD ["gunicorn", "wsgi:app"]

# Mount requirements.txt for the installation, keep the health check in a file, and name the target in gunicorn.conf.py.
FROM python:3.12-slim@sha256:0000000000000000000000000000000000000000000000000000000000000000 AS base
WORKDIR /app
RUN --mount=type=bind,source=requirements.txt,target=requirements.txt \
    --mount=type=cache,target=/root/.cache/pip \
    pip install --require-hashes --requirement requirements.txt
RUN groupadd --system words && useradd --system --gid words words

FROM base
COPY --chown=words:words docker_image.py wsgi.py healthcheck.py /app/
COPY gunicorn.conf.py /app
user words
env PORT 8000
healthcheck --start-period=5s cmd ["python3", "/app/healthcheck.py"]
cmd ["python", "-m", "gunicorn", "--config=/app/gunicorn.conf.py"]

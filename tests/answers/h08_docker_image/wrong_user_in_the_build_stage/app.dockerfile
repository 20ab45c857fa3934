# Leave root in the build stage: USER does not pass to the next FROM, and the final process is root.
# caught by: test_the_process_is_a_known_user_other_than_root

FROM python:3.14-slim AS build

RUN useradd --system --no-create-home app

WORKDIR /app

# These two steps stay in the build cache until requirements.txt changes.
COPY requirements.txt ./
RUN pip install --no-cache-dir --target=/packages -r requirements.txt
USER app

FROM python:3.14-slim

WORKDIR /app

COPY --from=build /packages /usr/local/lib/python3.14/site-packages

COPY docker_image.py wsgi.py gunicorn.conf.py ./

ENV PORT=8000
EXPOSE 8000

# Python asks, since the image has no curl. An error status raises, and so exits with 1.
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz')"]

CMD ["python", "-m", "gunicorn", "wsgi:app"]

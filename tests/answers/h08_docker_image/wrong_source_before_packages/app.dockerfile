# Copy everything, then install: every change of a line installs all packages again.
# caught by: test_a_change_of_the_source_installs_nothing_again

FROM python:3.14-slim

RUN useradd --system --no-create-home app

WORKDIR /app

# These two steps stay in the build cache until requirements.txt changes.
COPY . .
RUN pip install --no-cache-dir -r requirements.txt

# The files belong to root: the process can read them and not change them.
USER app

ENV PORT=8000
EXPOSE 8000

# Python asks, since the image has no curl. An error status raises, and so exits with 1.
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz')"]

CMD ["gunicorn", "wsgi:app"]

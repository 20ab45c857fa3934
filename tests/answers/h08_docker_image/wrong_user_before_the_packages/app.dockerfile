# Choose the user first: pip may not write to Python's folder, and there is no home to write to.
# caught by: test_a_change_of_the_source_installs_nothing_again
FROM python:3.14-slim

WORKDIR /app
USER nobody

# These two steps stay in the build cache until requirements.txt changes.
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

COPY docker_image.py wsgi.py gunicorn.conf.py ./

ENV PORT=8000
EXPOSE 8000

# Python, because the image has no curl. An error status raises an exception: exit status 1.
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz')"]

CMD ["gunicorn", "wsgi:app"]

# Copy the source from the build stage, and leave the packages behind.
# caught by: test_the_final_stage_has_the_packages_and_the_source
FROM python:3.14-slim AS build
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

FROM python:3.14-slim
RUN useradd --system --no-create-home app
WORKDIR /app
COPY --from=build /app /app

COPY docker_image.py wsgi.py gunicorn.conf.py ./

# The files belong to root: the process can read them but not change them.
USER app

ENV PORT=8000
EXPOSE 8000

# Python, because the image has no curl. An error status raises an exception: exit status 1.
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz')"]

CMD ["gunicorn", "wsgi:app"]

# Keep the health check in an executable script.
FROM python:3.14-slim

RUN useradd --system --no-create-home app

WORKDIR /app

# These two steps stay in the build cache until requirements.txt changes.
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

COPY --chmod=755 docker_image.py wsgi.py gunicorn.conf.py healthcheck.sh ./

# The files belong to root: the process can read them but not change them.
USER app

ENV PORT=8000
EXPOSE 8000

# Python, because the image has no curl. An error status raises an exception: exit status 1.
HEALTHCHECK CMD ["/app/healthcheck.sh"]

CMD ["gunicorn", "wsgi:app"]

# End the check with a command that succeeds: no container is ever unhealthy.
# caught by: test_the_health_check_judges_healthz_by_its_status, test_the_health_check_fails_when_nobody_listens

FROM python:3.14-slim

RUN useradd --system --no-create-home app

WORKDIR /app

# These two steps stay in the build cache until requirements.txt changes.
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

COPY docker_image.py wsgi.py gunicorn.conf.py ./

# The files belong to root: the process can read them and not change them.
USER app

ENV PORT=8000
EXPOSE 8000

HEALTHCHECK CMD python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$PORT/healthz')"; echo checked

CMD ["gunicorn", "wsgi:app"]

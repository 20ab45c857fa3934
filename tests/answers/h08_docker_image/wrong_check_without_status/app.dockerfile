# Ask and do not look at the status: a container that answers 503 counts as healthy.
# caught by: test_the_health_check_judges_healthz_by_its_status

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

HEALTHCHECK CMD python -c "import http.client as h; c = h.HTTPConnection('127.0.0.1', $PORT); c.request('GET', '/healthz'); print(c.getresponse().status)"

CMD ["gunicorn", "wsgi:app"]

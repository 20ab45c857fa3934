# Install into a virtual environment in a stage of its own, and copy that; let gunicorn's defaults listen.
ARG PYTHON=3.13.9

FROM python:${PYTHON} AS build
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
COPY ["requirements.txt", "/tmp/requirements.txt"]
RUN pip install -r /tmp/requirements.txt

FROM docker.io/library/python:${PYTHON}-slim-bookworm
ENV PATH="/opt/venv/bin:$PATH" \
    # Logs appear at once.
    PYTHONUNBUFFERED=1 \
    PORT="8000"
WORKDIR /srv
WORKDIR words
COPY --from=build --chown=0:0 /opt/venv /opt/venv
COPY --chmod=0444 . .
USER 10001:10001
EXPOSE ${PORT}
HEALTHCHECK --interval=10s \
    --timeout=2s \
    CMD /opt/venv/bin/python -c "import os, sys, http.client as h; \
c = h.HTTPConnection('localhost', int(os.environ['PORT']), timeout=2); \
c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)" || exit 1
ENTRYPOINT ["/opt/venv/bin/gunicorn", "--graceful-timeout=5"]
CMD ["--chdir", "/srv/words", "wsgi:application"]

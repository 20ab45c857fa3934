#!/bin/sh
exec python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$PORT/healthz')"

"""The same loop in a browser, live: a Flask application, and Flask-SocketIO for what comes by itself.

The ``kata`` command serves it. It calls ``kata.practice``, ``kata.judge`` and ``kata.course``.
"""

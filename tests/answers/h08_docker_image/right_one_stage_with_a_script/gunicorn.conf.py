import os

wsgi_app = "docker_image:create_app()"
bind = ["0.0.0.0:" + os.getenv("PORT", "8000")]
graceful_timeout = 9
worker_class = "gthread"
threads = 4
workers = int(os.getenv("WEB_CONCURRENCY", "2"))
preload_app = True

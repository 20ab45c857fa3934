"""How gunicorn serves: it reads this file by itself from the folder that it starts in."""

# TODO: Step 4, where to listen: every address of the container, at the port in PORT.

# TODO: Step 5, how long running requests may take to finish after SIGTERM.

"""How gunicorn serves. It reads this file from the folder that it is started in."""

# TODO, further: Step 4, set the address: 0.0.0.0, at the port in the environment variable PORT.

# TODO, further: Step 5, set how long running requests may take to finish after SIGTERM.

"""Stand-ins for the services that some exercises talk to: nothing has to be installed or started.

A stand-in is believed because it passes the same tests as the real service: tests/contracts. This room
stands apart: the tests of exercises reach it through ``kata.services.fixtures``, and nothing else calls it.
"""

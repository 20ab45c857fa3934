"""Where the real services are, and whether a test may do without them.

A stand-in and the real service pass the same tests. The real side of a test needs a variable with
the service's address and is skipped without it; KATA_REQUIRE_REAL names the services, separated by
commas, that must not be skipped.
"""

import os
from collections.abc import Callable

import pytest


@pytest.fixture
def real_url() -> Callable[[str, str], str]:
    """Return a function that looks up a service's address, given its name and its variable."""

    def look_up(service: str, variable: str) -> str:
        if url := os.environ.get(variable):
            return url
        if service in os.environ.get("KATA_REQUIRE_REAL", "").replace(" ", "").split(","):
            pytest.fail(f"KATA_REQUIRE_REAL asks for {service}, but {variable} is not set.")
        pytest.skip(f"{variable} is not set: there is no real {service} to compare with.")

    return look_up

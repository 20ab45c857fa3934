"""Fork this process without the warning that it may have threads."""

import os
import warnings


def fork() -> int:
    """Fork, and return 0 in the child and its process id in the parent.

    Python 3.12 warns when there are threads. In a worker of pytest-xdist there is one that waits for
    the controller; the child needs neither it nor any lock that it could hold.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()

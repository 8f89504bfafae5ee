"""Whether a container's studio lives: ``python -m tintype.commands.health [PORT]``, for health checks.

Ends with code 0 when it answers, if only that one must sign in, and where there is no studio: a command that
works on photographs listens to nothing.
"""

from __future__ import annotations

import http.client
import sys
from pathlib import Path


def runs_studio(commands: list[list[str]]) -> bool:
    """Whether one of these command lines is that of a studio."""
    return any("studio" in words[1:4] for words in commands if any("tintype" in w for w in words[:3]))


def command_lines() -> list[list[str]]:
    """Command lines of the processes that are seen here; none where there is no ``/proc``."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append([word.decode("utf-8", "replace") for word in file.read_bytes().split(b"\0") if word])
        except OSError:
            continue  # it has ended
    return found


def answers(port: int) -> bool:
    """Whether something speaks HTTP at a port of this computer, and is not broken."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    sys.exit(0 if answers(port) or not runs_studio(command_lines()) else 1)

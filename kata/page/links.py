"""Addresses that open a file at a line in an editor, where the browser is allowed to do that."""

from pathlib import Path
from urllib.parse import quote


def editors(file: str | Path, line: int | None) -> list[tuple[str, str]]:
    """Return the name of each editor with its address for a place in a file."""
    path = quote(Path(file).as_posix())
    return [
        ("VS Code", f"vscode://file{path}" + (f":{line}" if line else "")),
        ("IntelliJ", f"idea://open?file={path}" + (f"&line={line}" if line else "")),
    ]

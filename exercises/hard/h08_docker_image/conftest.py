"""A stand-in for Docker: it reads the learner's files as Docker does, without executing RUN.

`build` reads app.dockerfile and app.dockerignore as `docker build` does. `container` lays out the
files of the final stage and starts its commands there, with its environment, and with no other
programs than Python, gunicorn and a shell.
"""

import json
import posixpath
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Thread
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from werkzeug.serving import make_server

# Files that often are in a project; the build pretends that they are in the exercise's folder.
LITTER = {".env", ".git/config", ".venv/bin/python", "__pycache__/wsgi.cpython-314.pyc"}
LITTER |= {".venv/lib/python3.14/site-packages/flask.py", "__pycache__/notes.txt"}
LITTER |= {"pages/en/.env", "pages/en/__pycache__/index.cpython-314.pyc"}

# Instructions that change nothing of what is looked at here.
_WITHOUT_EFFECT = {"EXPOSE", "MAINTAINER", "ONBUILD", "SHELL", "VOLUME"}

_HEALTHCHECK_OPTION = (
    r"--retries=\d+|--(interval|timeout|start-period|start-interval)=([\d.]+(ms|[smh]))+"
)

_SETTINGS = """
import json
from gunicorn.app.wsgiapp import WSGIApplication
app = WSGIApplication()
settings = {name: getattr(app.cfg, name) for name in ("address", "daemon", "env", "graceful_timeout")}
print(json.dumps(settings | {"target": app.app_uri}))
"""


@dataclass(repr=False)
class Stage:
    """The result of the instructions of one build stage."""

    base: str
    env: dict[str, str] = field(default_factory=dict)
    args: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "root"
    files: dict[str, str] = field(default_factory=dict)  # From path to name in the context.
    runs: list[str] = field(default_factory=list)
    installs: list[set[str]] = field(default_factory=list)  # The files that each one finds.
    has_packages: bool = False
    may_execute: bool = False
    venvs: list[str] = field(default_factory=list)
    wrappers: set[str] = field(
        default_factory=set
    )  # Scripts of the context that start their arguments.
    stop_signal: signal.Signals = signal.SIGTERM
    commands: dict[str, list[str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<the stage from {self.base}>"

    @property
    def command(self) -> list[str]:
        """The words that start the container."""
        return self.commands.get("ENTRYPOINT", []) + self.commands.get("CMD", [])

    @property
    def served_by(self) -> list[str]:
        """The words of the command without a script in front that ends with `exec "$@"`."""
        script = self.commands.get("ENTRYPOINT", [])[-1:]
        is_wrapper = bool(script) and self.files.get(self._in_workdir(script[0])) in self.wrappers
        return self.commands.get("CMD", []) if is_wrapper else self.command

    @property
    def gunicorn_arguments(self) -> list[str] | None:
        """The words that follow gunicorn; None if the container starts something else."""
        program = [posixpath.basename(word) for word in self.served_by[:1]]
        match program + self.served_by[1:]:
            case ["gunicorn", *words] | ["python" | "python3", "-m", "gunicorn", *words]:
                return words
        return None

    @property
    def is_root(self) -> bool:
        """Say whether USER is root."""
        return self.user.partition(":")[0].strip("0") in ("", "root")

    @property
    def lacks_adduser(self) -> bool:
        """Say whether the base is surely Debian 13, where the package adduser is not installed."""
        installed = any(re.search(r"apt(-get)? .*install .*adduser", run) for run in self.runs)
        debian_13 = r"\S*python:3\.(\d+|1[4-9]\.\d+)-slim(-trixie)?"
        return not installed and re.fullmatch(debian_13, self.base) is not None

    @property
    def library(self) -> str:
        """The folder of the packages below a prefix such as /usr/local or a virtual environment."""
        version = re.search(r"python:(\d+\.\d+)", self.base)
        return f"lib/python{version[1] if version else 3}/site-packages"

    def may_install(self, run: str) -> bool:
        """Say whether USER may write where `pip install` puts the packages.

        False is certain: the user is not root, has no home, and nothing has prepared another place.
        """
        elsewhere = re.search(r"venv|--(target|prefix)\b|-t\s", run)
        makes_home = (
            r"useradd\b.*\s(-\w*m|--create-home)|adduser\b(?!.*(--system|--no-create-home))"
        )
        prepared = any(re.search(rf"{makes_home}|chown|chmod|venv", each) for each in self.runs)
        return self.is_root or bool(elsewhere) or prepared or bool({"HOME", "PATH"} & {*self.env})

    def install(self, run: str) -> None:
        """Note, as files of the image, where this RUN puts gunicorn's module and its script."""
        self.venvs += map(self._in_workdir, re.findall(r"\bvenv (?:-\S+ )*([\w./-]+)", run))
        if not re.search(r"\b(install|sync|wheel)\b", run) or not re.search(r"\.txt|whe?e?l", run):
            return
        option = re.search(r"\s(?:--(target|prefix|root|wheel-dir)[= ]|-(t|w) ?)([\w./-]+)", run)
        called = re.search(r"([\w./-]+)/bin/(?:activate|python3?|pip3?|uv)\b", run)
        on_path = [each for each in self.venvs if f"{each}/bin" in self.env.get("PATH", "")]
        home = "/root" if self.is_root else f"/home/{self.user}"
        place, module = "/usr/local", f"{self.library}/gunicorn"
        if option:
            place = self._in_workdir(option[3])
            module = module if option[1] in ("prefix", "root") else "gunicorn"
            place += "/usr/local" if option[1] == "root" else ""
        elif called:
            place = self._in_workdir(called[1])
        elif on_path:
            place = on_path[-1]
        elif "--user" in run.split() or not self.is_root:
            place = f"{home}/.local"
        self.files |= dict.fromkeys([f"{place}/{module}", f"{place}/bin/gunicorn"], "<gunicorn>")

    @property
    def finds_gunicorn(self) -> bool:
        """Say whether the first word of the command, and Python, find gunicorn in the image."""
        program = "".join(self.served_by[:1])
        folders = [*self.env.get("PATH", "").split(":"), "/usr/local/bin"]
        if "/" in program:
            folders.insert(0, posixpath.dirname(program))
        home = self.env.get("HOME", f"/home/{self.user.partition(':')[0]}")
        prefixes = [*map(posixpath.dirname, folders), f"{home}/.local"]
        modules = [f"{prefix}/{self.library}" for prefix in prefixes]
        modules += [*self.env.get("PYTHONPATH", "").split(":"), self.workdir]
        files = {f for f in self.files if self.is_root or not f.startswith("/root/")}
        is_script = posixpath.basename(program) == "gunicorn"
        found = not is_script or any(f"{folder}/gunicorn" in files for folder in folders)
        return found and any(f"{folder}/gunicorn" in files for folder in modules)

    @property
    def files_in_workdir(self) -> set[str]:
        """The files that are in WORKDIR under their own names."""
        join = posixpath.join
        return {file for path, file in self.files.items() if path == join(self.workdir, file)}

    def _in_workdir(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self.workdir, path))

    def copy(self, sources: list[str], target: str, available: dict[str, str]) -> list[str]:
        """Copy files as COPY does, and return the sources that fit none."""
        place = posixpath.normpath(posixpath.join(self.workdir, target))
        folders = {self.workdir, *map(posixpath.dirname, self.files)}
        into = len(sources) > 1 or target.endswith(("/", ".")) or place in folders
        missing = []
        for source in sources:
            found, top = {}, posixpath.normpath("/" + source.lstrip("/"))
            for path, file in available.items():
                below = posixpath.relpath(path, top)
                if path.count("/") == top.count("/") and fnmatchcase(path, top):
                    below = posixpath.basename(path) if into else "."
                if not below.startswith("../"):
                    found[posixpath.normpath(posixpath.join(place, below))] = file
            self.files |= found
            missing += [] if found else [source]
        return missing


class Build:
    """The stages of a Dockerfile, the names that its instructions define, and what stops the build."""

    def __init__(self, dockerfile: str, context: set[str], wrappers: set[str]) -> None:
        self.context = context
        self._wrappers = wrappers
        self.stages: list[Stage] = []
        self.names: set[str] = set()
        self.problems: list[str] = []
        self._stages: dict[str, Stage] = {}
        self._args: dict[str, str] = {}
        for line in _lines(dockerfile):
            keyword, rest = (*line.split(None, 1), "")[:2]
            if "<<" in rest:
                self.problems.append(f"This stand-in for Docker reads no heredoc: {line}")
                break
            try:
                self._execute(keyword.upper(), rest)
            except (KeyError, ValueError) as error:
                self.problems.append(f"{line}: {error}")

    def _execute(self, keyword: str, rest: str) -> None:
        stage = self.stages[-1] if self.stages else Stage("")
        if keyword not in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):  # Those start in the container.
            rest = _expanded(rest, self._args if keyword == "FROM" else stage.args | stage.env)
        if keyword in ("ARG", "ENV", "EXPOSE", "FROM", "USER") and "#" in shlex.split(rest):
            raise ValueError("a comment needs a line of its own.")
        match keyword:
            case "FROM":
                base, *alias = _without_flags(rest.lower())
                if alias and (alias[0] != "as" or len(alias) != 2):
                    raise ValueError("after the image, Docker expects AS and a name, or nothing.")
                stage = deepcopy(self._stages.get(base)) or Stage(base)
                stage.args = {}
                stage.wrappers = self._wrappers
                self._stages |= dict.fromkeys([str(len(self.stages)), *alias[-1:]], stage)
                self.stages.append(stage)
            case "ARG":
                values = _pairs(rest)
                self.names |= values.keys()
                inherited = {name: self._args.get(name, "") for name in values}
                values = {name: value or inherited[name] for name, value in values.items()}
                (stage.args if self.stages else self._args).update(values)
            case "ENV":
                older_form = re.sub(r"^(\w+) +(.+)", r"\1='\2'", rest)
                values = _pairs(older_form)
                self.names |= values.keys()
                stage.env |= values
            case "LABEL":
                self.names |= _pairs(rest).keys()
            case "STOPSIGNAL":
                number = (
                    rest if rest.isdigit() else signal.Signals["SIG" + rest.removeprefix("SIG")]
                )
                stage.stop_signal = signal.Signals(int(number))
            case "WORKDIR":
                stage.workdir = posixpath.normpath(posixpath.join(stage.workdir, rest))
            case "USER":
                stage.user = rest
            case "RUN":
                if re.search(r"\bpip3? install\b", rest) and not stage.may_install(rest):
                    self.problems.append(f"RUN {rest}: USER {stage.user} may not install packages.")
                stage.runs.append(rest)
                stage.may_execute |= "chmod" in rest
                if re.search(r"(^|[;&]\s*)(adduser|addgroup)\b", rest) and stage.lacks_adduser:
                    self.problems.append(f"RUN {rest}: Debian 13 has no adduser; use useradd.")
                stage.install(rest)
                if other := self._stages.get(_named(r"--mount=\S*from=([\w-]+)", rest)):
                    stage.has_packages |= other.has_packages
                if "requirements.txt" in rest and re.search(r"\b(install|sync|wheel)\b", rest):
                    found = set(stage.files.values())
                    stage.installs.append(found)
                    stage.has_packages = True
                    if "requirements.txt" not in found and not re.search(
                        r"--mount=\S*source=", rest
                    ):
                        self.problems.append(f"RUN {rest}: there is no requirements.txt yet.")
            case "COPY" | "ADD":
                *sources, target = _without_flags(rest)
                origin = re.search(r"--from=(\S+)", rest)
                stage.may_execute |= "--chmod" in rest
                if origin is None:
                    missing = stage.copy(sources, target, {f"/{f}": f for f in self.context})
                    self.problems += [f"COPY {s}: the build gets no such file." for s in missing]
                elif other := self._stages.get(origin[1].lower()):
                    stage.copy(sources, target, other.files)
                    stage.has_packages |= other.has_packages
            case "CMD" | "ENTRYPOINT":
                stage.commands[keyword] = _command(rest)
            case "HEALTHCHECK":
                for option in re.match(r"(?:--\S+\s+)*", rest)[0].split():
                    if not re.fullmatch(_HEALTHCHECK_OPTION, option):
                        raise ValueError(
                            f"{option} is no option; a duration has a unit, as in 30s."
                        )
                check = re.fullmatch(r"(?:--\S+\s+)*CMD\s+(.+)", rest, re.IGNORECASE)
                stage.commands[keyword] = _command(check[1]) if check else []
            case _ if keyword not in _WITHOUT_EFFECT:
                self.problems.append(f"Docker knows no instruction {keyword}.")


class Container:
    """The image laid out below the folder `root`, and its running commands."""

    def __init__(self, image: Stage, folder: Path, root: Path) -> None:
        self.image = image
        self._root = root
        self._surroundings = {
            "PATH": str(root / "bin"),
            "HOME": str(root),  # Where gunicorn puts its control socket.
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._place(image.workdir).mkdir(parents=True)
        for path, file in image.files.items():
            if (folder / file).is_file():
                self._place(path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(folder / file, self._place(path))
                if image.may_execute:
                    self._place(path).chmod(0o755)
        (root / "bin").mkdir()
        (root / "bin/sh").symlink_to("/bin/sh")
        for name, module in {"python": "", "python3": "", "gunicorn": "-m gunicorn"}.items():
            script = root / "bin" / name
            script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {module} "$@"\n')
            script.chmod(0o755)

    def start(
        self,
        words: list[str],
        environ: Mapping[str, str] = MappingProxyType({}),
        **options: Any,
    ) -> subprocess.Popen[str]:
        """Start a command in WORKDIR, with `environ` given to the container."""
        return subprocess.Popen(
            [self._translated(word) for word in words],
            env={**self.image.env, **environ, **self._surroundings},
            cwd=self._place(self.image.workdir),
            stdin=subprocess.DEVNULL,
            text=True,
            **options,
        )

    def serve(self, environ: Mapping[str, str]) -> "Server":
        """Start the container's command, which is gunicorn, on a socket of its own on loopback."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            descriptor, port = listener.fileno(), listener.getsockname()[1]
            bind = {"GUNICORN_CMD_ARGS": f"--bind fd://{descriptor}"}
            process = self.start(self.image.command, {**environ, **bind}, pass_fds=[descriptor])
        return Server(process, port)

    def settings(self, environ: Mapping[str, str]) -> dict[str, Any]:
        """Return the settings that gunicorn reads; {} if it rejects its arguments or configuration."""
        command = ["python", "-c", _SETTINGS, *(self.image.gunicorn_arguments or [])]
        process = self.start(command, environ, stdout=subprocess.PIPE)
        output, _ = process.communicate()
        return json.loads(output.splitlines()[-1]) if process.returncode == 0 else {}

    def _place(self, path: str) -> Path:
        return self._root / "image" / path.lstrip("/")

    def _translated(self, word: str) -> str:
        """Replace paths of the image by paths on this machine, and Python's programs by their names."""
        word = re.sub(r"(?<![\w.:/-])/[\w./-]+/(python3?|gunicorn)(?![\w.-])", r"\1", word)
        paths = {*self.image.files, self.image.workdir} - {"/"}
        known = "|".join(map(re.escape, sorted(paths, key=len, reverse=True)))
        return re.sub(rf"(?<![\w./-])({known})\b", lambda match: str(self._place(match[1])), word)


@dataclass
class Server:
    """A running gunicorn."""

    process: subprocess.Popen[str]
    port: int
    connections: list[socket.socket] = field(default_factory=list)

    def ask(self, request: str, *headers: str) -> socket.socket | None:
        """Send the head of a request; return the connection once gunicorn has sent something.

        None means that gunicorn has ended instead.
        """
        lines = [f"{request} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
        with suppress(ConnectionError):
            connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            self.connections.append(connection)
            connection.sendall("\r\n".join(lines).encode())
            if connection.recv(1, socket.MSG_PEEK):
                return connection
        return None

    def stop(self) -> None:
        """Close the connections, and end gunicorn at once."""
        for connection in self.connections:
            connection.close()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(5)
        finally:
            self.process.kill()
            self.process.wait()


def _lines(dockerfile: str) -> Iterator[str]:
    """Yield each instruction on one line; a comment may stand between the lines of one."""
    lines = (line for line in dockerfile.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\[ \t]*\n([ \t]*\n)*", "", "\n".join(lines))
    return (line.strip() for line in joined.splitlines() if line.strip())


def _expanded(rest: str, variables: dict[str, str]) -> str:
    """Replace `$A`, `${A}` and `${A:-default}`."""
    return re.sub(
        r"\$(?:(\w+)|\{(\w+)(?::-(.*?))?\})",
        lambda match: variables.get(match[1] or match[2]) or match[3] or "",
        rest,
    )


def _without_flags(rest: str) -> list[str]:
    rest = re.sub(r"^(--\S+\s+)*", "", rest)
    return _array(rest) or shlex.split(rest)


def _pairs(rest: str) -> dict[str, str]:
    return dict(word.partition("=")[::2] for word in shlex.split(rest))


def _named(pattern: str, text: str) -> str:
    """Return the pattern's first group in lower case; "" if nothing fits."""
    found = re.search(pattern, text)
    return found[1].lower() if found else ""


def _array(text: str) -> list[str] | None:
    """Return a JSON array, as the exec form is; None if it is something else."""
    try:
        words = json.loads(text)
    except ValueError:
        return None
    return words if isinstance(words, list) else None


def _command(rest: str) -> list[str]:
    """Return the words to start; what is not in exec form is for the shell."""
    return _array(rest) or ["/bin/sh", "-c", rest]


def _is_ignored(file: str, patterns: str) -> bool:
    """Say whether the last pattern that fits the file, or a folder that it is in, excludes it."""
    ignored = False
    special = {"**/": "(.*/)?", "**": "(.*/)?", "*": "[^/]*", "?": "[^/]"}
    for line in patterns.splitlines():
        pattern = posixpath.normpath(line.strip().lstrip("!")).lstrip("/")
        parts = re.findall(r"\*\*/?|\[[^]]+\]|.", pattern)
        regex = "".join(special.get(p) or (p if p[1:] else re.escape(p)) for p in parts)
        regex = re.sub(r"\(\.\*/\)\?$", ".*", regex)  # At the end, ** stands for anything.
        if line.strip() and line[0] != "#" and re.fullmatch(f"{regex}(/.*)?", file):
            ignored = not line.strip().startswith("!")
    return ignored


def _hands_over(file: Path) -> bool:
    """Say whether a file is a script whose last line starts what it was given, in its place."""
    text = file.read_bytes().strip() if file.is_file() else b""
    return text.startswith(b"#!") and text.splitlines()[-1].strip() == b'exec "$@"'


@pytest.fixture
def build(exercise) -> Build:
    """Return the build of app.dockerfile, with the files that app.dockerignore leaves."""
    folder = Path(exercise.__file__).parent
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    dockerfile, patterns = (
        file.read_text(encoding="utf-8") if file.is_file() else ""
        for file in (folder / "app.dockerfile", folder / "app.dockerignore")
    )
    context = {file for file in files | LITTER if not _is_ignored(file, patterns)}
    return Build(dockerfile, context, {file for file in context if _hands_over(folder / file)})


@pytest.fixture
def container(exercise, build, tmp_path) -> Container:
    """Return the image of the final stage, laid out in a temporary folder."""
    image = build.stages[-1] if build.stages else Stage("")
    return Container(image, Path(exercise.__file__).parent, tmp_path)


@pytest.fixture
def probed() -> Iterator[SimpleNamespace]:
    """Return a server on loopback that answers with its `status`, and notes the paths asked for."""
    state = SimpleNamespace(status="200 OK", paths=set())

    def answer(environ, start_response):
        state.paths.add(environ["PATH_INFO"])
        start_response(state.status, [])
        return []

    server = make_server("127.0.0.1", 0, answer)
    state.port = server.server_port
    Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()

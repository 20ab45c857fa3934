"""The set-up: what it notices, what it says, and what it leaves alone.

The real installation is what `.ci/run` begins with in a fresh clone; these tests try what goes wrong.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from kata import bootstrap

ROOT = Path(__file__).parent.parent


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a copy of what the set-up reads, with a lock that no network can satisfy."""
    root = tmp_path / "a clone"
    (root / "kata/course").mkdir(parents=True)
    course = ("__init__.py", "carrying.py", "locking.py", "replacing.py")
    for name in ("__init__.py", "__main__.py", "bootstrap.py", *(f"course/{c}" for c in course)):
        (root / "kata" / name).write_bytes((ROOT / "kata" / name).read_bytes())
    (root / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (root / "requirements.lock").write_text("no-such-package==1.0\n")
    return root


def start(
    clone: Path, *options: str, python: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``python3 -m kata`` as on a machine without the packages, and without a network."""
    bare = python or str(Path(sys.base_prefix) / "bin" / "python3")
    env = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    return subprocess.run(
        [bare, *options, "-m", "kata"],
        cwd=clone,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_without_a_network_one_sentence_says_what_to_do(clone):
    run = start(clone)

    assert "is this machine online?" in run.stderr
    assert "Run python3 -m kata again" in run.stderr
    assert "Traceback" not in run.stderr
    assert run.returncode == 2


def test_an_interrupted_set_up_starts_over(clone):
    start(clone)
    leftover = clone / ".venv" / "leftover"
    leftover.touch()

    run = start(clone)

    assert "1/3" in run.stdout
    assert not leftover.exists()


def test_an_environment_of_the_learners_own_is_not_cleared(clone):
    venv.create(clone / ".venv")
    own = clone / ".venv" / "own"
    own.touch()

    start(clone)

    assert own.exists()


def test_without_the_venv_module_one_sentence_says_what_to_do(clone):
    hide = clone / "sitecustomize.py"
    hide.write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'ensurepip' else find(name, package)\n"
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(clone)}
    bare = str(Path(sys.base_prefix) / "bin" / "python3")
    run = subprocess.run([bare, "-m", "kata"], cwd=clone, env=env, capture_output=True, text=True)

    assert "lacks the module ensurepip" in run.stderr
    assert "apt install python3-venv" in run.stderr
    assert run.returncode == 2


def test_an_old_python_is_told_apart(clone):
    main = clone / "kata/__main__.py"
    main.write_text("import sys\nsys.version_info = (3, 9, 2)\n" + main.read_text())

    run = start(clone)

    assert run.stderr.startswith("Flask Katas needs Python 3.11 or newer, and this is Python 3.9")
    assert run.returncode == 2


def test_where_the_packages_are_nothing_is_set_up(clone):
    assert bootstrap.has_dependencies(ROOT)
    assert bootstrap.is_ready(clone)


def test_a_package_that_is_missing_is_noticed(clone):
    project = clone / "pyproject.toml"
    project.write_text(project.read_text().replace('"click>=8.1"', '"no-such-package>=1"'))

    assert not bootstrap.has_dependencies(clone)

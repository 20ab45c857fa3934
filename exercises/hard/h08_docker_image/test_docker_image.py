"""What h08 asks for, step by step. The stand-in for Docker is in conftest.py."""

import re
from pathlib import Path

import pytest
from gunicorn.util import import_app
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from werkzeug.test import Client

SOURCE = {"docker_image.py", "gunicorn.conf.py", "wsgi.py"}
UNWANTED = {".env", ".git", ".venv", "__pycache__"}
PYTHON = r"(docker\.io/)?(library/)?python:3\.(1[1-9]|[2-9]\d)(\.\d+)?(-[\w.-]+)?(@sha256:\w+)?"
PACKAGES = {"flask", "blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}
PACKAGES |= {"gunicorn", "packaging"}
WITH_A_VALUE = {"-r", "--requirement", "-c", "--constraint", "-t", "--target", "--prefix", "--root"}
WITH_A_VALUE |= {
    "-w",
    "--wheel-dir",
    "-i",
    "--index-url",
    "-f",
    "--find-links",
    "--cache-dir",
    "--python",
}
KEY = {"FLASK_SECRET_KEY": "from the environment"}


@pytest.fixture(autouse=True)
def _secret_key(monkeypatch):
    """Set FLASK_SECRET_KEY in the environment."""
    monkeypatch.setenv("FLASK_SECRET_KEY", KEY["FLASK_SECRET_KEY"])


@pytest.fixture
def image(build):
    """Return the final stage of the build."""
    assert build.problems == [], "The build stops."
    assert build.stages, "app.dockerfile has no FROM."
    return build.stages[-1]


@pytest.fixture
def settings(image, container):
    """Return a function that reads gunicorn's settings, with more in the image's environment."""

    def read(**environ):
        starts_gunicorn = image.gunicorn_arguments is not None
        assert starts_gunicorn, f"CMD starts {image.command}."
        found = container.settings(KEY | environ)
        assert found, "gunicorn rejected its arguments or its configuration, and printed why."
        return found

    return read


def unpinned_in(run):
    """Return what a RUN has pip install without a version, besides the requirements."""
    found = []
    for part in re.split(r"&&|\|\||;", run):
        words = re.sub(r"[\"']", "", part).split()
        if not {"install", "wheel"} & set(words) or not re.search(r"\b(pip3?|uv)\b", part):
            continue
        begin = next(n for n, word in enumerate(words) if word in ("install", "wheel"))
        named = [
            w
            for w, before in zip(words[begin + 1 :], words[begin:], strict=False)
            if before not in WITH_A_VALUE
        ]
        found += [word for word in named if re.fullmatch(r"[A-Za-z][\w.\[\],-]*([<>~!].*)?", word)]
    return found


class TestStep1ATargetForGunicorn:
    def test_healthz_answers_200(self, exercise):
        app = exercise.create_app()
        app.testing = True

        assert app.test_client().get("/healthz").status_code == 200

    @pytest.mark.parametrize("key", [" some words ", "20300101"], ids=["text", "digits"])
    def test_the_secret_key_comes_from_the_environment(self, exercise, monkeypatch, key):
        monkeypatch.setenv("FLASK_SECRET_KEY", key)

        assert exercise.create_app().secret_key == key

    @pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
    def test_without_a_secret_key_there_is_no_application(self, exercise, monkeypatch, value):
        assert exercise.create_app()
        monkeypatch.delenv("FLASK_SECRET_KEY")
        if value is not None:
            monkeypatch.setenv("FLASK_SECRET_KEY", value)

        with pytest.raises(RuntimeError, match="FLASK_SECRET_KEY"):
            exercise.create_app()

    def test_cmd_starts_gunicorn_in_exec_form(self, image):
        starts_gunicorn = image.gunicorn_arguments is not None
        assert starts_gunicorn, f"CMD starts {image.command}."

    def test_the_target_in_cmd_answers_requests(self, settings):
        application = import_app(settings()["target"])
        try:
            response = Client(application).get("/healthz")
        except TypeError as error:
            pytest.fail(f"gunicorn calls the target with (environ, start_response): {error}")
        assert response.status_code == 200


class TestStep2AnImageThatIsTheSameTomorrow:
    def test_every_base_is_a_python_of_a_named_version(self, build, image):
        others = [s.base for s in build.stages if not re.fullmatch(PYTHON, s.base)]

        assert others == [], "These are not the official python with a version from 3.11 on."

    def test_the_final_base_is_slim(self, image):
        assert "-slim" in image.base

    def test_every_package_is_pinned(self, exercise):
        text = (Path(exercise.__file__).parent / "requirements.txt").read_text()
        lines = [re.split(r"#|\s--|\\", line)[0].strip() for line in text.splitlines()]
        found = [Requirement(line) for line in lines if line and not line.startswith("-")]

        local = [line for line in lines if line.startswith(("-e", "--editable"))]
        assert local == [], "`pip freeze` lists the local project too; Docker cannot install it."
        loose = [str(r) for r in found if not re.fullmatch(r"===?[^,*]+", str(r.specifier))]
        assert loose == [], "These have no version, or more than one."
        missing = sorted(PACKAGES - {canonicalize_name(r.name) for r in found})
        assert missing == [], "These are installed too, in whichever version is newest."

    def test_nothing_is_installed_without_a_version(self, build, image):
        loose = [word for stage in build.stages for run in stage.runs for word in unpinned_in(run)]
        assert loose == [], "A RUN installs these beside requirements.txt, in any version."
        assert any(stage.installs for stage in build.stages), "No RUN installs requirements.txt."

    def test_a_change_of_the_source_installs_nothing_again(self, build, image):
        installs = [files for stage in build.stages for files in stage.installs]
        assert installs, "No RUN installs requirements.txt."

        source = sorted(SOURCE & set.union(*installs))
        assert source == [], "When one of these changes, Docker repeats the installation."

    def test_the_final_stage_has_the_packages_and_the_source(self, image):
        assert image.has_packages, (
            "The final stage neither installs requirements.txt nor copies the result."
        )
        assert image.finds_gunicorn, (
            f"In the final stage, {image.command[:1]} does not find gunicorn."
        )
        missing = sorted(SOURCE - image.files_in_workdir)
        assert missing == [], f"The final stage lacks these in its WORKDIR, {image.workdir}."

    def test_the_process_is_a_known_user_other_than_root(self, image):
        name = image.user.partition(":")[0]
        is_root = name.strip("0") in ("", "root")
        assert not is_root, f"The final USER is {name}."

        makes_it = re.compile(
            rf"(useradd|adduser)\b[^&;|]*[\s\"']{re.escape(name)}(?=[\s\"'&;|]|$)"
        )
        known = name.isdigit() or name in ("nobody", "www-data")
        known = known or any(makes_it.search(run) for run in image.runs)
        assert known, f"The final stage has no user {name}."


class TestStep3NothingThatDoesNotBelongInIt:
    def test_the_build_gets_what_it_needs_and_nothing_unwanted(self, build):
        litter = sorted(file for file in build.context if UNWANTED & set(file.split("/")))
        assert litter == [], "The ignore file leaves these in the context."

        missing = sorted((SOURCE | {"requirements.txt"}) - build.context)
        assert missing == [], (
            "The ignore file keeps these out of the context; the build needs them."
        )

    def test_no_instruction_holds_a_secret(self, build, image):
        secrets = sorted(name for name in build.names if "SECRET" in name.upper())
        assert secrets == [], "Whoever has the image can read the values."

        runs = [run for stage in build.stages for run in stage.runs if "FLASK_SECRET_KEY" in run]
        assert runs == [], "What a RUN writes is in the image."

    def test_without_a_key_of_its_own_the_container_ends(self, container, settings):
        assert "FLASK_SECRET_KEY" not in settings()["env"], "CMD or gunicorn.conf.py sets a key."
        command = [*container.image.command, "--check-config"]
        assert container.start(command, KEY).wait(8) == 0, (
            "gunicorn does not start, even with a key; it printed why."
        )

        status = container.start(command).wait(8)
        assert status != 0, "Some file has a key to fall back on, or nothing calls create_app."

"""What e01 asks for, going further."""

import pytest


@pytest.fixture
def other_flask(tmp_path, monkeypatch, requirements):
    """Replace the metadata of Flask with one that has the `requirements` of the test."""
    metadata = tmp_path / "flask-3.99.dist-info" / "METADATA"
    metadata.parent.mkdir()
    lines = [f"Requires-Dist: {requirement}\n" for requirement in requirements]
    metadata.write_text("".join(["Metadata-Version: 2.4\nName: Flask\nVersion: 3.99\n", *lines]))
    monkeypatch.syspath_prepend(tmp_path)


class TestStep3WhatFlaskIsMadeOf:
    def test_flask_needs_six_packages(self, exercise):
        six = {"blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}

        blocks = exercise.building_blocks()

        assert isinstance(blocks, (set, frozenset))
        assert blocks == six

    @pytest.mark.parametrize(
        "requirements",
        [
            pytest.param(["one-kit>=2.1"], id="at least"),
            pytest.param(["one-kit<4,>=2.1"], id="a range"),
            pytest.param(["one-kit~=2.1; python_version >= '3.10'"], id="a marker that applies"),
            pytest.param(["one-kit!=2.2; python_version < '4'"], id="another that applies"),
            pytest.param(
                ["one-kit; extra == 'two' or python_version >= '3.10'"],
                id="an extra or this Python",
            ),
            pytest.param(["one-kit"], id="any version"),
            pytest.param(["one-kit[fast]>=2"], id="with an extra of its own"),
        ],
    )
    def test_the_names_come_from_the_metadata(self, other_flask, exercise):
        blocks = exercise.building_blocks()

        assert blocks == {"one-kit"}, "In this test, the metadata of Flask requires only one-kit."

    @pytest.mark.parametrize(
        "requirements",
        [
            pytest.param(["one-kit", 'two-kit ; extra == "two"'], id="an extra"),
            pytest.param(
                ["one-kit", "two-kit>=1; python_version >= '3.10' and extra == 'two'"],
                id="an extra on this Python",
            ),
            pytest.param(
                ["one-kit", "two-kit; extra == 'two' or python_version < '3.10'"],
                id="an extra or an old Python",
            ),
            pytest.param(["one-kit", "two-kit>=1 ; python_version < '3.10'"], id="an old Python"),
            pytest.param(["one-kit", "two-kit; sys_platform == 'amiga'"], id="another system"),
        ],
    )
    def test_a_requirement_that_does_not_apply_here_is_left_out(self, other_flask, exercise):
        blocks = exercise.building_blocks()

        assert blocks == {"one-kit"}, "In this test, two-kit has a marker that does not apply."

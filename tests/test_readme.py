"""What the texts show is there: the index, the days, the picture, commands and paths."""

import re
from pathlib import Path

import pytest

from kata.authors import front, packing
from kata.cli import main
from kata.course import catalog

ROOT = Path(__file__).parent.parent
TEXTS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "CONTRIBUTING.md", "docs/usage.md")
}
TEXT = "\n".join(TEXTS.values())


def test_what_the_readme_shows_and_a_reset_restores_is_packed():
    assert list(packing.old(ROOT, catalog.find_all(ROOT / "exercises"))) == []


def test_the_pictures_show_the_screen_of_a_fresh_clone():
    assert list(packing.old_pictures(ROOT)) == []


@pytest.mark.parametrize("name", ["index", "days"])
def test_the_readme_has_a_place_for_each_part(name):
    part = front.parts(ROOT)[name]

    assert part in TEXTS["README.md"]


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`kata ([a-z][a-z-]*)\b", TEXT))))
def test_every_command_that_a_text_names_exists(command):
    assert command in main.commands


@pytest.mark.parametrize("path", sorted(set(re.findall(r"pytest (exercises/\S+)", TEXT))))
def test_every_path_that_a_text_names_exists(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", TEXTS)
def test_every_link_leads_to_a_file(name):
    links = re.findall(r"""(?:\]\(|src="|srcset=")([^)"#:]+)[)"]""", TEXTS[name])

    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []

"""How plain pytest ends: one line for each exercise, and a traceback for what is no hole in a stub."""

import pytest


def summary(verdict) -> list[str]:
    """Return the lines below the heading of the summary, without pytest's own last line."""
    lines = verdict.output.splitlines()
    heading = next(n for n, line in enumerate(lines) if line.strip("= ") == "exercises")
    return lines[heading + 1 : -1]


def tracebacks(verdict) -> list[str]:
    """Return the names of the tests that have a traceback."""
    lines = verdict.output.splitlines()
    return [line.strip("_ ") for line in lines if line.startswith("_") and "Test" in line]


def spoil(project, n: int, old: str, new: str) -> None:
    stub = project.stub(n)
    assert old in stub.read_text()
    stub.write_text(stub.read_text().replace(old, new))


HOLE = "step 1  NotImplementedError: Answer / with Hello"
MORE = "With every traceback: -v or --tb=short"


@pytest.mark.parametrize("options", [[], ["-q"], ["-n", "2"]], ids=["alone", "quiet", "workers"])
def test_stubs_end_in_a_line_each(project, options):
    verdict = project.pytest("exercises", *options)

    assert summary(verdict) == [*[f"  e0{n}  0/3  {HOLE}" for n in (1, 2, 3)], MORE]
    assert tracebacks(verdict) == []
    assert "FAILED" not in verdict.output
    assert "9 failed" in verdict.output.splitlines()[-1]
    assert len(verdict.output.splitlines()) <= 25
    assert verdict.exit_code == 1


def test_one_exercise_ends_as_tidily(project):
    verdict = project.pytest("exercises/easy/e02_sample2/")

    assert summary(verdict) == [f"  e02  0/3  {HOLE}", MORE]
    assert len(verdict.output.splitlines()) <= 15


def test_what_is_solved_has_its_mark_and_the_rest_its_step(project):
    project.solve(1)
    project.extend(1)
    project.solve(2)
    spoil(project, 3, 'raise NotImplementedError("Answer / with Hello")', 'return "Hello"')

    verdict = project.pytest("exercises")

    assert summary(verdict) == [
        "✓ e01  3/4  step 3  AssertionError: assert 'Hello, bye' == 'Goodbye'",
        "★ e02  3/3",
        "  e03  1/3  step 2  NotImplementedError: Answer /<name> with Hello and the name",
        MORE,
    ]


def test_only_what_is_no_hole_has_a_traceback(project):
    project.solve(1)
    spoil(project, 1, '"Hello"', '"Hallo"')

    verdict = project.pytest("exercises")

    assert tracebacks(verdict) == ["TestStep1AGreeting.test_the_page_greets"]
    assert "At index 1 diff: 'Hallo' != 'Hello'" in verdict.output
    assert verdict.output.count("FAILED") == 1
    assert "7 failed, 2 passed" in verdict.output.splitlines()[-1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def create_app", "dfe create_app", "Not valid Python: `dfe` is no keyword."),
        (
            "app = Flask",
            "app = Flsk",
            "NameError: name 'Flsk' is not defined. Did you mean `Flask`?",
        ),
    ],
    ids=["at import", "in a function"],
)
def test_the_same_failure_at_the_same_line_is_told_once(project, old, new, said):
    spoil(project, 1, old, new)

    verdict = project.pytest("exercises/easy/e01_sample1")

    assert len(tracebacks(verdict)) == 1
    assert said in summary(verdict)[0]
    assert MORE in summary(verdict)


def test_a_hole_behind_an_answer_is_one_all_the_same(project):
    spoil(
        project,
        1,
        "    return app\n",
        '    app.config["PROPAGATE_EXCEPTIONS"] = False\n    return app\n',
    )

    verdict = project.pytest("exercises/easy/e01_sample1")

    assert tracebacks(verdict) == []


def test_a_stub_that_is_as_it_was_shipped_has_nothing_but_holes(real):
    verdict = real("h08").pytest("exercises")

    assert tracebacks(verdict) == []
    assert summary(verdict)[0].startswith("  h08  0/")


@pytest.mark.parametrize("option", ["-v", "--tb=short", "--tb=long"])
def test_who_asks_for_more_sees_everything(project, option):
    verdict = project.pytest("exercises/easy/e01_sample1", option)

    assert len(tracebacks(verdict)) == 3
    assert verdict.output.count("FAILED exercises/easy/e01_sample1/test_sample1.py::") == 3
    assert "= exercises =" not in verdict.output


@pytest.mark.parametrize("n", [1, 2])
def test_a_line_fits_the_width_of_the_terminal(project, monkeypatch, n):
    spoil(project, n, "Answer / with Hello", f"Answer {'/ ' * 100}")

    verdict = project.pytest("exercises")

    assert all(len(line) <= 80 for line in summary(verdict))
    assert summary(verdict)[n - 1].endswith("…")


def test_some_tests_of_an_exercise_solve_nothing(project):
    project.solve(1)

    verdict = project.pytest("exercises/easy/e01_sample1", "-k", "Ada")

    assert summary(verdict) == ["  e01  1/1"]


def test_other_code_is_told_of_only_where_it_fails(project):
    spoiled = project.root / "solutions/easy/e02_sample2/sample2.py"

    assert "= exercises =" not in project.pytest("exercises", "--against", "solutions").output
    spoiled.write_text("import flaskk\n")
    verdict = project.pytest("exercises", "--against", "solutions")

    assert summary(verdict)[0].startswith("  e02  0/3  step 1  This line imports `flaskk`")
    assert len(summary(verdict)) == 2


def test_tests_of_no_exercise_are_told_as_ever(project):
    file = project.root / "test_own.py"
    file.write_text("def test_own():\n    raise NotImplementedError('Later.')\n")

    verdict = project.pytest("test_own.py")

    assert "E   NotImplementedError: Later." in verdict.output
    assert "FAILED test_own.py::test_own" in verdict.output
    assert "= exercises =" not in verdict.output

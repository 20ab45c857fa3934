"""Play a session of ``kata`` in a terminal, and write the screens to ``docs/session.md`` and ``docs/session.svg``.

It also draws the first screen as the pictures of the README, ``docs/screen-light.svg`` and ``-dark.svg``.
It works on a copy of the tree, and needs tmux and a set-up ``.venv``:

    .venv/bin/python docs/record_session.py
"""

from collections.abc import Iterator

from recording import COLUMNS, ROOT, ROWS, Terminal, copied_tree, play, with_functions, write

from kata.authors import front
from kata.course import catalog
from kata.course.exercise import Exercise

# Which of the scenes are in the film.
FILMED = (0, 1, 2, 4, 5, 6, 7, 9, 10, 11, 16, 17, 18)

INTRODUCTION = f"""\
# A session

![The screens below, one after the other](session.svg)

What a learner sees: three exercises solved, with hints, the task, the list, the difference and the model \
answer looked at; then one chosen by name, left, and found again after a restart. The screens are those of a \
terminal of {COLUMNS} columns and {ROWS} rows. `docs/record_session.py` plays the session again.
"""


def scenes(
    terminal: Terminal, first: Exercise, second: Exercise, third: Exercise
) -> Iterator[tuple[str, str]]:
    """Play the session; yield a heading and the screen below it."""
    solutions = first.folder.parents[2] / "solutions"

    def solution(exercise: Exercise) -> str:
        return (exercise.within(solutions) / exercise.stub.name).read_text(encoding="utf-8")

    terminal.enter("python3 -m kata")
    yield "## The first exercise comes up", terminal.screen("Still to be written", "h hint")
    terminal.press("t")
    yield "## `t`: the task, with all that the step asks for", terminal.screen("any other key")
    terminal.press("Escape")
    terminal.press("h")
    yield "## `h`: a hint", terminal.screen("2 more hints")
    terminal.press("h")
    yield "## `h` again: the next one", terminal.screen("1 more hint for")

    stub = first.stub.read_text(encoding="utf-8")
    done = with_functions(stub, solution(first), "plain_app")
    first.stub.write_text(done.replace('"404 Not Found"', '"200 OK"'), encoding="utf-8")
    yield (
        "## A save: what was expected, what came, and the exchange",
        terminal.screen("expected ('404", "actual"),
    )
    first.stub.write_text(done, encoding="utf-8")
    yield "## Step 1 is done, step 2 comes up", terminal.screen("Step 2", "Still to be written")
    first.stub.write_text(solution(first), encoding="utf-8")
    yield "## Solved: the next exercise opens by itself", terminal.screen("e01 is solved", "e02 ·")

    text = solution(second)
    second.stub.write_text(text.replace("\n    return app\n", "\n"), encoding="utf-8")
    yield "## A beginner's mistake: no `return app`", terminal.screen("`create_app` returned None")
    second.stub.write_text(text.replace("return {", "{"), encoding="utf-8")
    yield (
        "## And another: a view that returns nothing",
        terminal.screen("did not return a valid response"),
    )
    second.stub.write_text(text, encoding="utf-8")
    terminal.screen("e02 is solved", "e03 ·")

    other = ROOT / "tests" / "answers" / third.id / "right_add_url_rule.py"
    text = other.read_text(encoding="utf-8")
    third.stub.write_text(
        with_functions(text, third.stub.read_text(encoding="utf-8"), "route_table"),
        encoding="utf-8",
    )
    yield (
        "## The core of the third is done; what goes further waits for a star",
        terminal.screen("e03 is solved", "the key f", "e04 ·"),
    )
    third.stub.write_text(text, encoding="utf-8")
    yield "## The star", terminal.screen("e03 is mastered", "e04 ·")

    terminal.press("p")
    terminal.screen("e03 is mastered", "q quit")
    terminal.press("d")
    yield "## `p` and `d`: back to it, and the difference to the solution", terminal.screen("yours")
    terminal.press("a")
    yield "## `a`: the model answer", terminal.screen("In the interview")
    terminal.press("n")
    terminal.screen("e04 ·", "h hint")
    terminal.press("d")
    yield "## `d` before an exercise is solved asks first", terminal.screen("Show it all the same?")
    terminal.press("n")
    terminal.screen("e04 ·", "h hint")
    terminal.press("?")
    yield "## `?`: the keys", terminal.screen("the next hint")
    terminal.press("q")
    terminal.at_the_end()
    terminal.press("C-l")

    terminal.enter("python3 -m kata m09")
    yield "## `python3 -m kata m09`: an exercise by its name", terminal.screen("m09 ·", "q quit")
    terminal.press("l")
    yield "## `l`: the list, with how far each one is", terminal.screen("step 1 of 4")
    terminal.type("/cache")
    yield "## `/`: a search in it", terminal.screen("search: cache", "h01")
    terminal.press("Escape")
    terminal.press("Escape")
    terminal.screen("m09 ·", "q quit")
    terminal.press("q")
    terminal.at_the_end()
    terminal.press("C-l")
    terminal.enter("python3 -m kata")
    yield (
        "## Left and started again: where you were is where you are",
        terminal.screen("m09 ·", "q quit"),
    )
    terminal.press("q")


def main() -> None:
    with copied_tree() as root:
        exercises = catalog.find_all(root / "exercises")
        terminal = Terminal(root)
        played = play(terminal, scenes(terminal, *exercises[:3]))
    write("session", INTRODUCTION, played, FILMED)
    screen = front.first_screen(ROOT)
    for file, theme in front.pictures(ROOT).items():
        file.write_text(front.picture(screen, theme), encoding="utf-8")


if __name__ == "__main__":
    main()

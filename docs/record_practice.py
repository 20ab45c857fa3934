"""Play sessions of practice in a terminal, and write the screens to ``docs/practice.md`` and ``docs/practice.svg``.

It works on a copy of the tree, in which a learner has practiced for some days, and on a day of its own: see
`weeks_of_practice`. It needs tmux and a set-up ``.venv``:

    .venv/bin/python docs/record_practice.py
"""

from desk import Desk, Scenes
from interview_scenes import interviewing
from recording import COLUMNS, ROWS, copied_tree, play, write
from weeks_of_practice import TODAY, write_elsewhere, write_weeks

from kata.course import journal, progress
from kata.practice.hunts import hunting
from kata.practice.specs import specifying as specs

# Which of the scenes are in the film.
FILMED = (0, 1, 3, 6, 7, 8, 10, 11, 13, 18, 19, 20, 21, 24)

INTRODUCTION = f"""\
# Practice for the interview

![The best of the screens below, one after the other](practice.svg)

What a learner sees who has practiced for some days: [each command](usage.md#practice) of practice, in a terminal of \
{COLUMNS} columns and {ROWS} rows. \
`docs/record_practice.py` plays the sessions again.
"""

_TESTS = """\


def test_the_home_page_says_hello(client):
    assert client.get("/").text == "Hello, World!"


def test_health_is_ok(client):
    assert client.get("/health").json == {"status": "ok"}


def test_the_greeting_can_be_set(exercise):
    app = exercise.create_app({"GREETING": "Good morning"})
    assert app.test_client().get("/").text == "Good morning"
"""


def rehearsing(desk: Desk) -> Scenes:
    """Rehearse a question, and print the answers."""
    terminal = desk.terminal
    desk.start("rehearse m02")
    terminal.screen("show the answer")
    desk.pass_time(31)
    terminal.screen("0:3")
    yield (
        "## Rehearsing the answers\n\n### `kata rehearse m02`: the question, and a clock while you answer aloud",
        terminal.screen("0:3"),
    )
    terminal.press("n")
    terminal.screen("an empty line ends them")
    terminal.enter("records routes; registered with url_prefix; in a factory")
    terminal.screen("in a factory\n>")
    terminal.enter("")
    terminal.screen("show the answer")
    terminal.press("Enter")
    yield (
        "### `n` takes notes; `Enter` shows the points, and you say which were in your answer",
        terminal.screen("Which did you say?"),
    )
    terminal.enter("1-2 4")
    terminal.screen("The interviewer goes on · 1", "show the answer")
    terminal.press("Enter")
    yield "### The interviewer goes on", terminal.screen("I had that")
    terminal.press("y")
    terminal.screen("The interviewer goes on · 2", "show the answer")
    terminal.press("Enter")
    terminal.screen("I had that", "goes on · 2")
    terminal.press("n")
    terminal.screen("The interviewer goes on · 3", "show the answer")
    terminal.press("s")
    terminal.screen("How well did it go?", "as suggested")
    terminal.press("Enter")
    yield (
        "### Your own word, and what is worth another look",
        terminal.at_the_end("To read all answers"),
    )

    desk.start("cheatsheet --tier easy -o answers.md")
    terminal.at_the_end("answers.md has")
    terminal.enter("grep -A 6 '### e06' answers.md | fold -s -w 79")
    yield (
        "### `kata cheatsheet`: all answers in one document, here those of a tier",
        terminal.at_the_end("- **"),
    )


def hunting_bugs(desk: Desk) -> Scenes:
    """Hunt the bug of a pull request, and find it."""
    terminal, seed = desk.terminal, 1
    exercise = desk.exercise("e02")
    happened = journal.entries(desk.root, TODAY)
    solved = progress.load(desk.root).solved
    case = hunting.choose([exercise], desk.root, solved, happened, seed)
    desk.start(f"hunt e02 --seed {seed}")
    terminal.screen("nothing is wrong")
    yield (
        "## Hunting bugs\n\n### `kata hunt e02`: a colleague's pull request, with what has scrolled up",
        terminal.everything(),
    )
    desk.name_the_line(case)
    yield (
        "### A line by its number, and what happens there",
        terminal.screen("What is wrong there?", "4 · q leave"),
    )
    desk.name_the_cause(case, seed)
    yield "### What the tests say, and the right code", terminal.at_the_end("Your own code")


def coming_back(desk: Desk) -> Scenes:
    """See what is due, put an exercise back, plan, and look at the figures."""
    terminal = desk.terminal
    desk.start("review")
    yield (
        "## Coming back in time\n\n### `kata review`: what is due today",
        terminal.screen("due, about", "leave"),
    )
    terminal.press("q")
    desk.start("again e04")
    yield (
        "### `kata again e04`: the stub comes back, and the solution is stored",
        terminal.at_the_end("kata review asks"),
    )
    desk.start("plan --until 2026-05-11 --hours 3")
    yield "### `kata plan`: the days until the interview", terminal.at_the_end("To begin:")
    desk.start("stats")
    yield "### `kata stats`: what it came to", terminal.at_the_end("Solved")
    desk.start("import ../laptop")
    yield "### `kata import`: what was practiced on another machine", terminal.at_the_end("Added")


def specifying(desk: Desk) -> Scenes:
    """Write tests, and see which wrong answers they catch."""
    terminal, exercise = desk.terminal, desk.exercise("e02")
    desk.start("specify e02")
    yield (
        "## Writing the tests\n\n### `kata specify e02`: a file for your tests",
        terminal.screen("A file for them was made", "run the tests"),
    )
    file = specs.place(exercise, desk.root)
    begun = file.read_text(encoding="utf-8")
    head = begun[: begun.index("def test_replace")].rstrip()
    file.write_text(head + _TESTS.replace('Good morning"\n', 'Good morning!"\n'), encoding="utf-8")
    terminal.press("Enter")
    yield (
        "### A test that the reference fails",
        terminal.screen("fails on the reference", "Nothing else was run", "leave"),
    )
    file.write_text(head + _TESTS, encoding="utf-8")
    terminal.press("Enter")
    yield "### What they catch", terminal.screen("are caught", "A hint to one", "a hint")
    terminal.press("h")
    yield (
        "### `h`: what one of those that are alive does wrong",
        terminal.screen("Without a hint", "leave"),
    )
    terminal.press("q")


def main() -> None:
    with copied_tree() as root:
        write_weeks(root)
        write_elsewhere(root.with_name("laptop"), root)
        desk = Desk(root)
        played = play(desk.terminal, scenes(desk))
    write("practice", INTRODUCTION, played, FILMED)


def scenes(desk: Desk) -> Scenes:
    for part in (rehearsing, hunting_bugs, coming_back, interviewing, specifying):
        yield from part(desk)


if __name__ == "__main__":
    main()

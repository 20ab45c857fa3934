"""The ``kata`` command: words to functions, and exit codes. Only ``kata.__main__`` calls it.

Exit codes: 0 all is well, 1 a test or a check failed, 2 misuse; a run of pytest hands on pytest's own.
"""

import click

from kata.cli import (
    comparing,
    hunting,
    interviewing,
    rehearsing,
    reviewing,
    solving,
    specifying,
    upkeep,
    words,
    writing,
)

# What `kata --help` lists, by what one wants to do.
SECTIONS = {
    "Solve": (
        *(solving.watch, solving.page, solving.run, solving.hint, solving.list_, solving.show),
        *(solving.reset, solving.undo),
    ),
    "Practice": (
        *(reviewing.review, reviewing.again, rehearsing.rehearse, rehearsing.cheatsheet),
        *(hunting.hunt, specifying.specify, interviewing.interview),
        *(reviewing.plan, reviewing.stats),
    ),
    "Compare": (comparing.diff, comparing.answer, comparing.solutions_branch),
    "Keep in order": (upkeep.update, upkeep.doctor, reviewing.import_),
    "Write exercises": (writing.new, writing.verify, writing.pack, writing.test),
}


class _Sections(click.Group):
    """A group whose help lists the commands by section; a word that is none of them names an exercise."""

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if word in self.commands or word.startswith("-"):
            return super().resolve_command(context, args)
        words.find(word, or_command=True)
        command = solving.watch if words.is_terminal() else solving.run
        return command.name, command, args

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        longest = max(map(len, self.commands))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [
                        (f"{each.name:{longest}}", each.get_short_help_str(limit=200))
                        for each in commands
                    ]
                )


@click.group(
    cls=_Sections,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.pass_context
def main(context: click.Context) -> None:
    """Thirty Flask interview questions as thirty test-driven exercises.

    Without a command: watch the exercises in a terminal, else make one run; `kata m09` begins with
    m09. EXERCISE is an id, a number such as e04, a slug, any part that names one exercise alone, or
    a path. Without it, a command means the exercise of this folder, else the one at hand.
    """
    words.say_which_tree()
    if context.invoked_subcommand is None:
        context.invoke(solving.watch if words.is_terminal() else solving.run)


for _commands in SECTIONS.values():
    for _command in _commands:
        main.add_command(_command)
main.add_command(upkeep.check_again)

"""Whatever a stub does to the process it runs in, it costs its own tests alone, and says so.

Each attack is the stub of one exercise of a project, between exercises that are solved. The project runs
in one pytest, with two workers of pytest-xdist, and exercise by exercise in a warm server.
"""

import re
import select

import pytest

from kata.judge import server

STUB = """\
import os, signal, subprocess, sys, threading, time, unittest
from flask import Flask
{head}

def create_app():
    app = Flask(__name__)

    @app.get("/")
    def greet():
{body}
        return "Hello"

    @app.get("/<name>")
    def greet_by_name(name):
        return f"Hello, {{name}}"

    return app
"""

# What a terminal would do, rather than show; but colors.
UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[[\d;]*m)")

LIMIT = 2
TOO_LONG = f"did not end within {LIMIT} s"
AWAY = "The process that ran the test no longer answers"
TO_EVERY_FILE = "for fd in range(3, 60):\n    try: os.write(fd, {})\n    except OSError: pass"

# What the view does, the words that say so; none where the tests pass all the same.
IN_VIEW = {
    "becomes another program": ("os.execvp('sleep', ['sleep', '60'])", AWAY),
    "closes its files and loops": ("os.closerange(3, 1024)\nwhile True: pass", AWAY),
    "closes its files and returns": ("os.closerange(3, 1024)", "The process that ran the test"),
    "closes its standard output": ("os.close(1); os.close(2)", None),
    "forks and falls through": ("os.fork()", None),
    "forks, waits and falls through": ("os.fork() == 0 and time.sleep(0.2)", None),
    "forks a loop": ("if os.fork() == 0:\n    while True: pass", None),
    "is ended by an alarm": (
        "signal.setitimer(signal.ITIMER_REAL, 0.001); time.sleep(9)",
        "signal SIGALRM",
    ),
    "is ended from a thread": ("threading.Timer(0.0, os._exit, [3]).start(); time.sleep(9)", "ended before"),
    "kills itself": ("os.kill(os.getpid(), signal.SIGKILL)", "signal SIGKILL"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "signal SIGSEGV"),
    "stops itself": ("os.kill(os.getpid(), signal.SIGSTOP)", TOO_LONG),
    "stops its keeper and loops": ("os.kill(os.getppid(), signal.SIGSTOP)\nwhile True: pass", TOO_LONG),
    "kills its keeper": ("os.kill(os.getppid(), signal.SIGKILL); time.sleep(9)", "The process that ran the test"),
    "starts a daemon and kills its keeper": (
        "subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        "os.kill(os.getppid(), signal.SIGKILL); time.sleep(9)",
        "The process that ran the test",
    ),
    "forks a daemon and kills its keeper": (
        "if os.fork() == 0:\n    os.setsid(); time.sleep(60)\n"
        "os.kill(os.getppid(), signal.SIGKILL); time.sleep(9)",
        "The process that ran the test",
    ),
    "loops": ("while True: pass", TOO_LONG),
    "loops without its clock": (
        "import faulthandler as f; f.cancel_dump_traceback_later()\nwhile True: pass",
        TOO_LONG,
    ),
    "waits for nothing": ("threading.Event().wait()", TOO_LONG),
    "sends what is too long": (TO_EVERY_FILE.format(r"b'\xff\xff\xff\xff'"), "sent a message that is too long"),
    "sends what is no JSON": (TO_EVERY_FILE.format(r"b'\0\0\0\2{{'"), "sent a message that cannot be read"),
    "sends what is no answer": (TO_EVERY_FILE.format(r"b'\0\0\0\2[]'"), "sent something that is no answer"),
    "sends half a message": (TO_EVERY_FILE.format(r"b'\0\0\1\0half'") + "\nos._exit(0)", "os._exit()"),
    "raises SkipTest": ("raise unittest.SkipTest('later')", "This line raises SkipTest"),
    "raises a group with a skip": ("raise ExceptionGroup('x', [unittest.SkipTest('y')])", "This line raises SkipTest"),
    "raises an interrupt": ("raise KeyboardInterrupt", "This line raises KeyboardInterrupt"),
    "starts a daemon": ("subprocess.Popen(['sleep', '60'], start_new_session=True)", None),
    "starts a daemon by two forks": (
        "if os.fork() == 0:\n    os.setsid()\n"
        "    if os.fork() == 0: os.execvp('sleep', ['sleep', '60'])\n    os._exit(0)",
        None,
    ),
    "starts a thread that never ends": ("threading.Thread(target=threading.Event().wait).start()", None),
    "asks for memory": ("bytearray(8 << 30)", "asks for more memory than an exercise may use"),
    "asks for more and more memory": (
        "many = []\nwhile True: many.append(bytes(1 << 29))",
        "asks for more memory than an exercise may use",
    ),
    "fails with a long text": ("raise ValueError('x' * 50_000_000)", "ValueError with a text of 50,000,000 characters"),
    "answers with a long text": ("return 'x' * 50_000_000", "at least one of them is very long"),
    "prints without end": ("while True: print('spam' * 1000)", "printed more than 1 MB"),
    "writes a large file": ("open('/tmp/kata-large', 'w').write('x' * 2_000_000)", "wrote more than 1 MB to one file"),
    "reads the keyboard": ("input()", "OSError"),
    "raises what cannot be written": ("raise ValueError('half a pair: \\udcff')", "half a pair: \\udcff"),
    "raises what would clear the screen": ("raise ValueError('a\\x1b[2J\\x9b2Jb')", "a\\x1b[2J\\x9b2Jb"),
    "prints what would clear the screen": ("print('a\\x1b[2Jb'); 1 / 0", "division by zero"),
    "raises what cannot be looked at": (
        "class E(Exception):\n    __class__ = property(lambda self: 1 / 0)\nraise E",
        "An exception that cannot be shown",
    ),
    "raises what exits when it is looked at": (
        "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E",
        "E, whose text cannot be read: that raises SystemExit",
    ),
    "has a text that is no text": (
        "class S(str):\n    def __len__(self): 1 / 0\n"
        "class E(Exception):\n    def __str__(self): return S('x')\nraise E",
        "E: x",
    ),
    "opens files without end": (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99)); many = []\n"
        "while True: many.append(open('/dev/null'))",
        "opens more files than a process may have open",
    ),
    "kills its group": ("os.kill(0, signal.SIGKILL)", "signal SIGKILL"),
    "forks a chain that never ends": (
        "if os.fork() == 0:\n    while True:\n        if os.fork(): os._exit(0)\n        os.setsid()",
        None,
    ),
    "blocks all signals and loops": (
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\nwhile True: pass",
        TOO_LONG,
    ),
    "takes the exit away": ("os._exit = sys.exit = lambda *_: None", None),
    "changes the folder": ("os.chdir('/')", None),
    "asks for a module with a solution": (
        "import solutions.easy.e01_sample1.sample1",
        "This line reads the reference solution",
    ),
}  # fmt: skip
AT_IMPORT = {
    "replaces json.dumps": ("import json; json.dumps = lambda *a, **k: '[]'", None),
    "replaces the reports": ("import json; json.JSONEncoder.encode = lambda *a: '[]'", None),
    "replaces the diagnosis": (
        "from kata.judge.diagnosis import Diagnosis\n"
        "Diagnosis.as_dict = lambda self: {'sentence': ['x']}\nraise ValueError",
        "sent a report that cannot be read",
    ),
    "is ended between two tests": (
        "if 'ONCE' not in os.environ:\n    os.environ['ONCE'] = '1'\n"
        "    signal.setitimer(signal.ITIMER_REAL, 0.2)\n    time.sleep(9)",
        "signal SIGALRM",
    ),
    "forks": ("os.fork()", None),
    "reads the solution as a text": (
        "open('solutions/easy/e01_sample1/sample1.py').read()",
        "This line reads the reference solution",
    ),
    "imports the solution by its path": (
        "from importlib.machinery import SourceFileLoader as Loader\n"
        "Loader('x', 'solutions/easy/e01_sample1/sample1.py').load_module()",
        "This line reads the reference solution",
    ),
}  # fmt: skip

AT_IMPORT |= {
    "hands a skip on": (
        "import pytest\nfrom functools import partial\n"
        "Flask.full_dispatch_request = partial(pytest.skip, 'later')",
        "This line calls pytest.skip()",
    ),
    "puts a module without a place among the others": (
        "class Lazy:\n    def __getattr__(self, name): raise ImportError(name)\n"
        "sys.modules['lazy'] = Lazy(); sys.modules['odd'] = Flask; Flask.__file__ = ['x']",
        None,
    ),
    "takes the path away": ("sys.path = None", "object"),
    "gives a socket no time": ("import socket; socket.setdefaulttimeout(0.001)", None),
    "stops the clocks": (
        "from unittest.mock import patch\n"
        "for name in ('time', 'monotonic', 'perf_counter'): patch.object(time, name, lambda: None).start()",
        None,
    ),
    "reads the solution by bytes": (
        "open(b'solutions/easy/e01_sample1/sample1.py').read()",
        "This line reads the reference solution",
    ),
    "sends a skip without a reason": (
        "from _pytest.reports import TestReport as R\nold = R._to_json\n"
        "R._to_json = lambda self: old(self) | {'outcome': 'skipped', 'longrepr': 'x'}",
        "sent a report that cannot be read",
    ),
    "sends a time that is none": (
        "from _pytest.reports import TestReport as R\nold = R._to_json\n"
        "R._to_json = lambda self: old(self) | {'duration': 'x', 'toterminal': 1, 'get_sections': 1}",
        "sent a report that cannot be read",
    ),
}
ATTACKS = IN_VIEW | AT_IMPORT
NAMES = list(ATTACKS)


def indented(code: str) -> str:
    return "\n".join(f"        {line}" for line in code.replace("{{", "{").split("\n"))


def stub(name: str) -> str:
    code, _ = ATTACKS[name]
    if name in AT_IMPORT:
        return STUB.format(head=code, body="        pass")
    return STUB.format(head="", body=indented(code))


@pytest.fixture
def attacked(make_project):
    """Return a project with each attack in an exercise of its own; the first and the last are solved."""
    project = make_project(len(NAMES) + 2)
    project.solve(1)
    project.solve(len(NAMES) + 2)
    for number, name in enumerate(NAMES, 2):
        project.stub(number).write_text(stub(name))
    return project


def id_of(name: str) -> str:
    number = NAMES.index(name) + 2
    return f"e{number:02}_sample{number}"


# Each way is one test, so that however many workers run these tests, the project runs once in each way.
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "with two workers"])
def test_an_attack_costs_its_own_tests_alone(attacked, run, subtests, workers):
    result = run(attacked, *workers, "-o", f"kata_time_limit={LIMIT}")

    for name, (_, words) in ATTACKS.items():
        with subtests.test(name):
            texts = result.texts.get(id_of(name), [])
            assert result.ended[id_of(name)] == 3
            if words is None:
                assert texts == []
            else:
                assert any(words in text for text in texts), texts
                assert all(text.startswith("failed") and len(text) < 20_000 for text in texts)
    last = len(NAMES) + 2
    assert result.exit_code == 1
    assert "INTERNALERROR" not in result.output
    assert result.texts.keys() & {"e01_sample1", f"e{last:02}_sample{last}"} == set()
    assert result.left == []
    assert not UNSAFE.search(result.output)


@pytest.mark.parametrize("half", [0, 1], ids=["one half", "the other half"])
def test_an_attack_under_the_watcher_is_named(attacked, left_over, subtests, half):
    settings = ["--focus", "--rootdir", str(attacked.root), "-c", str(attacked.root / "tox.ini")]
    warm = server.start(attacked.root, [*settings, "-o", f"kata_time_limit={LIMIT}"])
    outcomes = {}
    try:
        for exercise in attacked.exercises[half::2]:
            warm.run(exercise.id, None)
            assert select.select([warm.connection], [], [], 60)[0], f"no verdict on {exercise.id}"
            outcomes[exercise.id] = warm.receive()
    finally:
        warm.stop()

    for name in NAMES[1 - half :: 2]:  # The first exercise is none.
        with subtests.test(name):
            outcome, (_, words) = outcomes[id_of(name)], ATTACKS[name]
            assert outcome.pytest_output is None
            if words is None:
                assert outcome.solved_now[:1] == (id_of(name),)
            else:
                assert outcome.failure is not None
                assert words in f"{outcome.failure.sentence} {outcome.failure.message}"
    assert left_over(attacked.root) == []

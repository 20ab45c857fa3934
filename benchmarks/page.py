"""Measure the page in Chromium: from a save to its verdict beside the watcher's, and what stays behind.

    .venv/bin/python benchmarks/page.py [--saves 30] [--many 500] [--reconnects 100] [EXERCISE …]

In turn, in one run, the stub is saved under ``kata watch`` and under ``kata page``, each with its own copy
of the tree. Then memory and descriptors of the server are read before and after many saves and reconnects.
"""

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import psutil
from save_to_verdict import ROOT, WARM_UP, Watcher, copy_tree
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from kata.course import catalog
from kata.course.exercise import Exercise

DEADLINE = 60

# Resolves when the verdict has the words.
WAIT = """
const [words, done] = arguments;
const place = document.getElementById("verdict");
const look = () => place.textContent.includes(words) && (done(true), true);
if (!look()) new MutationObserver((_, me) => look() && me.disconnect())
  .observe(place, {childList: true, subtree: true, characterData: true});
"""
PAINT = "return performance.getEntriesByName('first-contentful-paint')[0].startTime"


@contextlib.contextmanager
def served(root: Path) -> Iterator[tuple[subprocess.Popen, str]]:
    """Serve the page of a tree by the command; the address lets a browser in."""
    command = [sys.executable, "-m", "kata", "page", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.terminate()


@contextlib.contextmanager
def chromium() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for each in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(each)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_script_timeout(DEADLINE)
    try:
        yield driver
    finally:
        driver.quit()


def compare(name: str, folder: Path, saves: int) -> None:
    """Save the stub under both in turn, and print how long the verdicts took."""
    trees = folder / f"{name}-watch", folder / f"{name}-page"
    for tree in trees:
        copy_tree(tree)
    ours, theirs = (catalog.find(name, catalog.find_all(tree / "exercises")) for tree in trees)
    watcher = Watcher(trees[0], [sys.executable, "-m", "kata", "watch", ours.number])
    times: tuple[list[float], list[float]] = ([], [])
    try:
        watcher.wait_for("NotImplementedError")
        with served(trees[1]) as (_, address), chromium() as driver:
            driver.get(address)
            driver.get(f"{address.partition('/?')[0]}/exercises/{theirs.number}/")
            driver.execute_async_script(WAIT, "NotImplementedError")
            print(f"{name}  first paint after {driver.execute_script(PAINT):.0f} ms")
            for n in range(saves + WARM_UP):
                start = save(ours, n)
                watcher.wait_for(f"save{n:03}")
                times[0].append(time.perf_counter() - start)
                start = save(theirs, n)
                driver.execute_async_script(WAIT, f"save{n:03}")
                times[1].append(time.perf_counter() - start)
    finally:
        watcher.stop()
    for side, measured in zip(("kata watch", "kata page"), times, strict=True):
        counted = measured[WARM_UP:]
        late = quantiles(counted, n=20)[-1]
        print(f"{name}  {side:10}  median {median(counted):.3f} s, 95th percentile {late:.3f} s")


def save(exercise: Exercise, n: int) -> float:
    """Write a marker into the stub's first hole, and return when that began."""
    before, hole, after = exercise.stub.read_text().partition("NotImplementedError(")
    after = after.partition("save")[2][6:] if after.startswith("'save") else after
    start = time.perf_counter()
    exercise.stub.write_text(f"{before}{hole}'save{n:03} ' {after}")
    return start


def endure(folder: Path, saves: int, reconnects: int) -> None:
    """Print what the server's process holds before and after many saves and many reconnects."""
    tree = folder / "endure"
    copy_tree(tree)
    exercise = catalog.find("e02", catalog.find_all(tree / "exercises"))
    with served(tree) as (process, address), chromium() as driver:
        driver.get(address)
        driver.get(f"{address.partition('/?')[0]}/exercises/e02/")
        server = psutil.Process(process.pid)

        def use(saves: int, reconnects: int) -> str:
            for n in range(saves):
                save(exercise, n % 1000)
                driver.execute_async_script(WAIT, f"save{n % 1000:03}")
            for _ in range(reconnects):
                driver.refresh()
                driver.execute_async_script(WAIT, "NotImplementedError")
            return f"{server.memory_info().rss / 1e6:.1f} MB, {server.num_fds()} descriptors"

        print(f"after 20 saves and 10 reconnects  {use(20, 10)}")
        print(f"after {saves} more and {reconnects} more  {use(saves, reconnects)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--saves", type=int, default=30)
    parser.add_argument("--many", type=int, default=500)
    parser.add_argument("--reconnects", type=int, default=100)
    parser.add_argument("names", nargs="*", default=["e02", "m08"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.names:
            compare(name, Path(folder), options.saves)
        if options.many:
            endure(Path(folder), options.many, options.reconnects)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()

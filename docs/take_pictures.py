"""Take the pictures of the page: ``docs/page-light.png``, ``docs/page-dark.png`` and ``docs/page-phone.png``.

It works on a copy of the tree, with an exercise that is under way, and needs Chromium with its driver:

    .venv/bin/python docs/take_pictures.py
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.wait import WebDriverWait

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from save_to_verdict import copy_tree  # noqa: E402

from kata.course import catalog, progress  # noqa: E402

DEADLINE = 60
PICTURES = {
    "light": (1440, 900, "light"),
    "dark": (1440, 900, "dark"),
    "phone": (390, 844, "light"),
}
SOLVED = ("e01", "e02", "e03")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "flask-katas"
        copy_tree(root)
        exercises = catalog.find_all(root / "exercises")
        for number in SOLVED:
            exercise = catalog.find(number, exercises)
            solution = exercise.within(ROOT / "solutions") / exercise.stub.name
            exercise.stub.write_text(solution.read_text())
        exercise = catalog.find("e04", exercises)
        solution = (exercise.within(ROOT / "solutions") / exercise.stub.name).read_text()
        exercise.stub.write_text(solution.replace("text is None", "not text", 1))
        ids = {catalog.find(number, exercises).id for number in SOLVED}
        progress.update(root, lambda state: state.solved.update(ids))
        take(root)


def take(root: Path) -> None:
    command = [sys.executable, "-m", "kata", "page", "--no-browser", "--port", "0"]
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for each in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(each)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            driver.get(process.stdout.readline().split()[-1])
            base = driver.current_url.partition("/exercises")[0]
            driver.get(f"{base}/exercises/e04/")
            find = "return !!document.getElementById('failed')"
            WebDriverWait(driver, DEADLINE).until(lambda each: each.execute_script(find))
            for name, (width, height, scheme) in PICTURES.items():
                size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
                driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
                features = [{"name": "prefers-color-scheme", "value": scheme}]
                driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
                driver.save_screenshot(str(ROOT / "docs" / f"page-{name}.png"))
        finally:
            process.terminate()
            driver.quit()


if __name__ == "__main__":
    main()

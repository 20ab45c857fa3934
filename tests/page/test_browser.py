"""The page in a real browser: a verdict at each save, keys, hints, comparison, and a server that comes back."""

import os
import re

import pytest

from kata.course import journal, progress, workspace
from kata.practice.interviews import interviewing
from tests.page.conftest import CHROMIUM, DEADLINE, DRIVER, keep_wrong, serving

if not (CHROMIUM and DRIVER) and "chromium" not in os.environ.get("KATA_REQUIRE_REAL", ""):
    pytest.skip(
        "There is no Chromium with its driver. On Debian: apt-get install chromium chromium-driver",
        allow_module_level=True,
    )

from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

PAGES = {
    "/exercises/e01/": "Still to be written",
    "/exercises/e01/difference?anyway": "The solution",
    "/practice/": "The last weeks",
    "/rehearse/e01/": "Answer aloud",
    "/hunt/e01/": "Choose the line that is wrong",
    "/interview/": "A mock interview",
}

WIDE, PHONE = (1440, 900), (360, 740)


@pytest.fixture(scope="module")
def chromium():
    """Return a browser; each test closes what it has left there."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for each in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


class Browser:
    """What a person does and sees in a browser."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        self.driver.get(address)

    def size(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def prefers(self, **features: str) -> None:
        named = [
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})

    def text(self, selector: str = "body") -> str:
        script = (
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')"
        )
        return self.driver.execute_script(script, selector)

    def see(self, words: str, selector: str = "body") -> None:
        """Wait until the words are there."""
        wait = WebDriverWait(self.driver, DEADLINE, poll_frequency=0.02)
        wait.until(lambda _: words in self.text(selector), f"{words!r} in {self.text(selector)!r}")

    def press(self, keys: str) -> None:
        ActionChains(self.driver).send_keys(keys).perform()

    def click(self, words: str) -> None:
        script = (
            "return [...document.querySelectorAll('a, button')]"
            ".find(e => e.innerText.trim() === arguments[0])"
        )
        self.driver.execute_script(script, words).click()

    @property
    def path(self) -> str:
        return "/" + self.driver.current_url.split("/", 3)[3]

    def complaints(self) -> list[str]:
        """Return what the browser complained of, such as a script that was refused."""
        said = [entry["message"] for entry in self.driver.get_log("browser")]
        return [each for each in said if "Content Security" in each or "Error:" in each]


@pytest.fixture
def browser(chromium):
    browser = Browser(chromium)
    browser.size(*WIDE)
    browser.prefers()
    yield browser
    chromium.get("about:blank")
    chromium.get_log("browser")


@pytest.fixture
def page(serve, browser, ready):
    """Return a served page that the browser has open."""
    served = serve("--port", "0")
    browser.open(served.address)
    browser.see("The page greets", "#verdict")
    return served


def serious(browser) -> list[tuple[str, list[str]]]:
    """Return what axe finds on the page that keeps somebody out, and where."""
    found = Axe().run(browser.driver)["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in grave]


@pytest.fixture(scope="module")
def untouched(make_projects):
    """Return a served page of a project that no test changes."""
    project = make_projects(3)
    keep_wrong(project)
    (project.root / "shipped.zip").write_bytes(workspace.pack(project.root))
    with serving(project.root) as serve:
        yield serve("--port", "0")


@pytest.fixture
def still(untouched, browser):
    """Return that page, open at the first exercise."""
    browser.open(untouched.address)
    browser.see("The page greets", "#verdict")
    return untouched


def test_a_save_turns_the_page_green_and_another_red(page, browser, project):
    stub = project.stub(1).read_text()

    project.solve(1)
    browser.see("e01 is mastered", "#verdict")
    browser.see("1/3 solved", "#list")
    project.stub(1).write_text(stub)
    browser.see("The page greets", "#verdict")
    browser.see("0/3 solved", "#list")

    assert browser.complaints() == []


def test_the_step_of_the_verdict_is_marked_in_the_task(page, browser, project):
    solution = project.exercises[0].within(project.root / "solutions") / "sample1.py"
    text = solution.read_text().replace('f"Hello, {name}"', '"Hello, you"')
    browser.see("A greeting", "[aria-current=step]")

    project.stub(1).write_text(text)

    browser.see("A name", "[aria-current=step]")
    browser.see("3 for this step", "#hints")


def test_what_a_stub_says_is_text_and_runs_nowhere(page, browser, project):
    nasty = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    project.stub(1).write_text(
        f"def create_app():\n    print({nasty!r})\n    raise ValueError({nasty!r})\n"
    )

    browser.see("<img src=x", "#verdict")

    assert browser.text("#verdict").count("<script>") >= 2
    assert browser.driver.title != "owned"
    assert browser.driver.find_elements(By.CSS_SELECTOR, "#verdict img") == []


def test_keys_do_what_they_do_in_the_watcher(page, browser, project):
    browser.press("h")
    browser.see("2 more for this step", "#hints")
    browser.press("n")
    browser.see("e02", "h1")
    browser.press("p")
    browser.see("e01", "h1")
    browser.press("d")
    browser.see("is not solved yet", ".ask")
    browser.press("?")
    browser.see("the next exercise", "#keys")
    browser.press(Keys.ESCAPE)
    browser.press("l")
    browser.press("n")  # A letter of the search now.

    assert browser.path == "/exercises/e01/difference"
    assert progress.load(project.root).hints == {"e01_sample1/1": 1}


def test_the_list_is_searched(still, browser):
    browser.press("l")
    browser.press("sample 3")

    browser.see("How does sample 3 greet?", "#list li:not([hidden])")
    assert "sample 1" not in browser.text("#list li:not([hidden])")


def test_back_and_forward_work_and_every_view_has_an_address(page, browser):
    browser.press("n")
    browser.see("e02", "h1")
    browser.click("Answer")
    browser.see("is not solved yet", ".ask")
    browser.driver.back()
    browser.see("The page greets", "#verdict")
    assert browser.path == "/exercises/e02/"
    browser.driver.back()
    browser.see("e01", "h1")
    browser.driver.forward()
    browser.see("e02", "h1")


def test_a_reset_asks_first(page, browser, project):
    mine = "# mine\n"
    project.stub(1).write_text(mine)
    browser.see("create_app", "#verdict")
    browser.press("x")
    browser.driver.switch_to.alert.dismiss()

    assert project.stub(1).read_text() == mine


def test_a_page_says_when_the_server_is_away_and_goes_on_when_it_is_back(
    page, browser, project, serve
):
    port = re.search(r":(\d+)", page.base)[1]
    page.stop()
    browser.see("The server is away")

    project.solve(1)
    serve("--port", port)

    browser.see("e01 is mastered", "#verdict")
    assert "The server is away" not in browser.text()


def test_two_pages_agree(page, browser, project, chromium):
    first = chromium.current_window_handle
    chromium.switch_to.new_window("tab")
    browser.open(f"{page.base}/exercises/e02/")
    browser.see("The page greets", "#verdict")

    project.solve(1)
    browser.see("1/3 solved", "#list")
    chromium.close()
    chromium.switch_to.window(first)
    browser.see("e01 is mastered", "#verdict")
    browser.see("1/3 solved", "#list")


def test_every_verdict_is_on_the_last_content(page, browser, project):
    stub = project.stub(1)
    for n in range(50):
        stub.write_text(f"raise ValueError('save {n}a')\n")
        stub.write_text(f"raise ValueError('save {n}b')\n")
        browser.see(f"save {n}b", "#verdict")


def test_a_question_is_rehearsed_by_keys(page, browser, project):
    browser.click("Rehearse")
    browser.see("Rehearse e01", "h1")
    browser.press(" ")
    browser.see("Which of these points did you say?")
    browser.driver.find_element(By.CSS_SELECTOR, "[data-counts]").click()
    browser.see("The points suggest:", "#suggestion")
    browser.press("g")
    browser.see("1 of", ".said")

    [entry] = [each for each in journal.entries(project.root) if each.what == "rehearsed"]
    assert (entry.data["rating"], entry.data["ticked"]) == ("good", 1)


def test_an_interview_is_held_from_start_to_report(serve, browser, project, ready):
    browser.open(serve("--port", "0").address)
    browser.click("Interview")
    browser.driver.find_element(By.NAME, "minutes").send_keys(Keys.CONTROL, "a", Keys.NULL, "25")
    browser.driver.find_element(By.NAME, "seed").send_keys("7")
    browser.click("Begin")
    for number in range(1, 9):
        if "of 40 points" in browser.text("h1") or " points" in browser.text("h1"):
            break
        browser.see(f"Round {number} of")
        found = interviewing.find_unfinished(project.root)
        if found.round.kind == "question":
            browser.press(" ")
            browser.press("e")
        elif found.round.kind == "hunt":
            browser.click("Nothing is wrong")
        else:
            exercise = next(e for e in project.exercises if e.id == found.round.exercise)
            solution = exercise.within(project.root / "solutions") / exercise.stub.name
            [stub] = found.folder.rglob(exercise.stub.name)
            assert serious(browser) == []
            stub.write_bytes(solution.read_bytes())  # The save is noticed.
        WebDriverWait(browser.driver, DEADLINE).until(
            lambda _, number=number: f"Round {number} of" not in browser.text()
        )

    browser.see("By round")
    assert serious(browser) == []
    assert browser.path == f"/interview/{found.id}/"
    assert browser.complaints() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE, (3840, 2160)], ids=["desktop", "phone", "4K"])
def test_it_fits_every_screen_and_axe_finds_nothing_serious(still, browser, scheme, size):
    browser.prefers(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    browser.size(*size)
    for path, words in PAGES.items():
        browser.open(still.base + path)
        browser.see(words)

        width = browser.driver.execute_script("return document.documentElement.scrollWidth")
        assert width <= size[0]
        assert serious(browser) == []


def test_the_keyboard_stays_where_it_was_when_a_verdict_comes(serve, browser, project):
    served = serve("--port", "0")
    browser.open(served.address)
    browser.see("Answer / with Hello", "#verdict")

    for n, place in enumerate(["#verdict [data-copy]", "#list a[data-exercise=e02_sample2]"]):
        # At once: the list may be made anew between finding its link and using it.
        browser.driver.execute_script("document.querySelector(arguments[0]).focus()", place)
        project.stub(1).write_text(f"raise ValueError('save {n}')\n")
        browser.see(f"save {n}", "#verdict")
        browser.see("e01", "#list")
        focused = "return document.activeElement.matches(arguments[0])"
        assert browser.driver.execute_script(focused, place)


def test_nothing_is_rated_before_the_answer_is_shown_nor_by_enter_on_a_point(
    serve, browser, project
):
    served = serve("--port", "0")
    browser.open(served.address.replace("/?", "/rehearse/e01/?"))

    browser.press("g")
    browser.press(" ")
    browser.press(Keys.TAB)
    box = browser.driver.switch_to.active_element
    box.send_keys(Keys.ENTER)

    assert browser.path == "/rehearse/e01/"
    assert box.is_selected()
    assert journal.entries(project.root) == []
    browser.press("g")
    browser.see("rated good")

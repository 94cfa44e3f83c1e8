"""A real Chromium on a phone's screen, under the real security policy, with every complaint of its console an error."""

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

# Playwright keeps an event loop in this thread, which Django takes for an asynchronous caller.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
# On a busy machine a photo of twelve megapixels takes seconds; a test that passes never waits this long.
expect.set_options(timeout=20_000)
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


def pytest_collection_modifyitems(items):
    for test in items:
        if Path(__file__).parent in test.path.parents:
            test.add_marker(pytest.mark.browser)
            test.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session", autouse=True)
def _chromium_is_here():
    if CHROMIUM:
        return
    missing = "NO CHROMIUM: the browser tests did not run. Install it (apt install chromium) or set CHROMIUM."
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "args": [*quiet, "--disable-sync", *root], "executable_path": CHROMIUM}


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": PHONE, "reduced_motion": "reduce", "locale": "en-GB"}


@pytest.fixture(autouse=True)
def _silent_console(request):
    """Whatever a page complains about, the policy above all, fails the test."""
    complaints = []

    def listen(said):
        # The network panel's word for a form that came back, a link that was used, a network that is gone.
        answered = any(word in said.text for word in ("status of 422", "status of 410", "ERR_INTERNET_DISCONNECTED"))
        if said.type in {"error", "warning"} and not answered:
            complaints.append(said.text)

    if "context" in request.fixturenames:
        context = request.getfixturevalue("context")
        context.on("console", listen)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield
    assert complaints == []


@pytest.fixture
def enter(context, live_server, as_):
    """Put somebody's session into the browser, second factor included."""

    def sign_in(who):
        cookie = as_(who).cookies["session"]
        context.clear_cookies()
        context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server.url}])

    return sign_in


@pytest.fixture
def look_over():
    """axe in both colour schemes, and nothing wider than the screen."""

    def check(page):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = Axe().run(page, options={"runOnly": RULES})
            assert found.violations_count == 0, found.generate_report()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], f"{page.url} is {width} px wide"
        page.emulate_media(color_scheme="light", reduced_motion="reduce")

    return check

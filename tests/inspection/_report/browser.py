"""A headless browser for pages opened from disk."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from importlib.util import find_spec

#: Why there is no browser, None if there is one.
MISSING = None
if find_spec("selenium") is None:
    MISSING = "selenium is not installed (pip install skbayes[test])"
elif shutil.which("chromium") is None or shutil.which("chromedriver") is None:
    MISSING = "no browser is installed (apt-get install chromium chromium-driver)"

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,1000",
)


@contextmanager
def browser(folder):
    """A browser with an empty profile in `folder`, ended on exit."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (*_FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = Service(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()

"""The browser of the end-to-end tests: `python -m tests.browser` sees to one (`make browser`)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MAC_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# No traffic of the browser's own: tests reach nothing but this machine. In containers and as root
# Chromium's sandbox does not work, and the pages are ours.
# Behind the address bar, which nobody sees here, each window would load two pages of the browser's
# own: more work than most pages of ours. The last list counts: Playwright's stands in it once more.
WITHOUT = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
FLAGS = [
    f"--disable-features={','.join(WITHOUT)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch_options():
    """How Playwright starts the browser: one that is installed, else Playwright's own."""
    paths = [os.environ.get("BROWSER_PATH"), *map(shutil.which, NAMES)]
    paths += [path for path in MAC_PATHS if Path(path).exists()]
    found = next(filter(None, paths), None)
    return {"args": FLAGS, **({"executable_path": found} if found else {})}


def open_a_page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        browser.new_page().goto("about:blank")
        browser.close()


def find_fault():
    """Why no browser opens a page; None when one does."""
    # In a process of its own: Playwright's driver may break off without an error to catch.
    done = run([sys.executable, "-c", "from tests.browser import open_a_page; open_a_page()"])
    return done.stdout if done.returncode else None


def install_from_debian():
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return "Debian's chromium: needs root and apt-get"
    apt_get = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet=2", "--yes"]
    # Playwright's driver needs libatomic, which a minimal Debian lacks.
    packages = ["install", "--no-install-recommends", "chromium", "libatomic1"]
    for words in (["update"], packages):
        done = run([*apt_get, *words])
        if done.returncode:
            return f"apt-get {words[0]} failed:\n{done.stdout[-1000:]}"
    return None


def install_from_playwright():
    done = run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"])
    return f"Playwright's own download failed:\n{done.stdout[-1000:]}" if done.returncode else None


def run(words):
    return subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def main():
    fault = find_fault()
    reasons = [f"No installed browser opens a page:\n{fault}"]
    for install in (install_from_debian, install_from_playwright):
        if fault is None:
            return
        print(
            f"The browser tests need a browser: {install.__name__.replace('_', ' ')} …", flush=True
        )
        fault = install() or find_fault()
        reasons.append(fault)
    if fault is not None:
        sys.exit(
            "\n\n".join(reasons) + "\n\nThe browser tests need Chromium or Chrome: install one, "
            "or name it: BROWSER_PATH=/path/to/chrome make test"
        )


if __name__ == "__main__":
    main()

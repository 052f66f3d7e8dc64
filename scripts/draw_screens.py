"""Takes the pictures of the console that the documents show, from a demo of their own.

usage: .venv/bin/python scripts/draw_screens.py [DIRECTORY]      (default docs/pictures)

Two nodes play the first story; then a real Chromium is signed in on each side. Run it again
when a screen has changed, and look at what came out.
"""

import json
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
SIZE = {"width": 1280, "height": 720}
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]
READY = "Control-C ends both nodes."
WAIT_S = 300
SETTLE_MS = 2_500
SIDES = {"alpha": "Maj. Carter", "bravo": "майор Орлов"}

# picture, side, language, theme, address, what is clicked before
SHOTS = (
    ("console-watch", "alpha", "en", "dark", "watch", ".entry:has-text('BRAVO-0004')"),
    ("console-notice", "alpha", "en", "light", "say/NOTICE", ""),
    ("console-proof", "bravo", "ru", "light", "proof", ""),
    ("console-arabic", "bravo", "ar", "dark", "watch", ".entry >> nth=0"),
    ("console-night", "alpha", "en", "night", "map", ""),
)


@contextmanager
def demo(directory: Path) -> Iterator[None]:
    """Two nodes that have played the first story, until the block ends."""
    command = [sys.executable, "-m", "openline", "demo", "--dir", str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            _await_ready(process)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _await_ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None, "its output is a pipe"
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        if select.select([process.stdout], [], [], 1)[0]:
            row = process.stdout.readline()
            if READY in row:
                return
            if not row:
                break
    raise SystemExit("draw_screens: the demo did not come to its end; run `make demo`.")


def link(directory: Path, name: str) -> str:
    """An address that signs somebody in once."""
    verb = ["people", "link", name, "--dir", str(directory), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "openline", *verb], capture_output=True, text=True, check=True
    )
    return str(json.loads(done.stdout)["url"])


def draw(root: Path, out: Path) -> None:
    """Take every picture."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise SystemExit("draw_screens: there is no Chromium here: make system installs it.")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=OPTIONS)
        for name, side, language, theme, address, press in SHOTS:
            context = chromium.new_context(viewport=SIZE)  # type: ignore[arg-type]
            context.add_init_script(
                f"localStorage.setItem('openline.language', '{language}');"
                f"localStorage.setItem('openline.look', JSON.stringify({{theme: '{theme}'}}))"
            )
            page = context.new_page()
            url = link(root / side, SIDES[side])
            page.goto(url)
            _show(page, url.partition("/sign-in")[0], address, press)
            page.screenshot(path=out / f"{name}.png")
            context.close()
            print(f"{out / name}.png")
        chromium.close()


def _show(page: Page, origin: str, address: str, press: str) -> None:
    page.wait_for_selector("main#main")
    page.wait_for_timeout(SETTLE_MS)
    page.mouse.click(5, 5)  # The sound is unlocked, and its banner gone.
    page.goto(f"{origin}/#/{address}")
    page.wait_for_timeout(SETTLE_MS)
    if press:
        found: Any = page.locator(press).first
        found.click()
        page.wait_for_timeout(SETTLE_MS)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "docs" / "pictures"
    with tempfile.TemporaryDirectory(prefix="openline-screens-") as made:
        place = Path(made) / "demo"
        with demo(place):
            draw(place, target)

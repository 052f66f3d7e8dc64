"""From a message to what proves it: the certificate, its verdict, its file, pages to print."""

from pathlib import Path

import pytest

from tests.browser.conftest import Opens
from tests.browser.desk import Desk
from tests.browser.test_sending import live_notice
from tests.end_to_end.nodes import Node, told_by_process

pytestmark = pytest.mark.system

VERDICT = ".verdict strong"


def download_receipt(desk: Desk, serial: str, path: Path) -> None:
    """Go to a message by its serial in the log, open its receipt, and keep the file."""
    desk.go("log")
    desk.page.get_by_label("Serial to go to").fill(serial)
    desk.press("Enter")
    desk.page.get_by_role("region", name="In hand").get_by_role("button", name="Receipt").click()
    dialog = desk.page.get_by_role("dialog")
    dialog.locator(VERDICT).wait_for()
    assert dialog.locator(VERDICT).inner_text() == "PROVEN"
    steps = dialog.locator(".steps li")
    assert steps.count() > 3
    assert steps.get_by_text("does not hold").count() == 0
    assert desk.wrongs() == []
    with desk.page.expect_download() as waiting:
        dialog.get_by_role("button", name="Download the certificate").click()
    waiting.value.save_as(path)


def test_a_receipt_is_proven_and_an_outsider_verifies_its_file(
    alpha: Node, bravo: Node, opens: Opens, tmp_path: Path
) -> None:
    """The command line says PROVEN of the file, and neither does of a spoilt one."""
    said = alpha.deliver("Our convoy leaves at noon.")
    desk = opens(alpha).sign_in()
    path = tmp_path / "receipt.cert"
    download_receipt(desk, said["serial"], path)
    told = told_by_process("verify", path)
    assert (told.code, "PROVEN" in told.out.split()) == (0, True)

    whole = bytearray(path.read_bytes())
    spoilt = tmp_path / "spoilt.cert"
    whole[len(whole) // 2] ^= 1
    spoilt.write_bytes(whole)
    assert told_by_process("verify", spoilt).code != 0
    desk.press("Escape")
    desk.go("proof")
    desk.page.locator("input[type=file]").set_input_files(path)
    desk.page.locator(VERDICT).wait_for()
    assert desk.page.locator(VERDICT).inner_text() == "PROVEN"
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("link", name="A page that verifies it in any browser").click()
    assert b"<html" in Path(waiting.value.path()).read_bytes()[:200].lower()
    desk.page.locator("input[type=file]").set_input_files(spoilt)
    outcome = desk.page.get_by_role("region", name="Certificate", exact=True)
    outcome.get_by_role("alert").get_by_text("the file was damaged or cut").wait_for()
    assert outcome.locator(VERDICT).count() == 0


def test_log_and_notice_are_printed_without_a_script(
    alpha: Node, bravo: Node, opens: Opens
) -> None:
    """Their pages open in a tab of their own, run nothing, load nothing else, and make a PDF."""
    notice = live_notice(bravo)
    desk = opens(alpha).sign_in()
    desk.go("log")
    with desk.page.expect_popup() as waiting:
        desk.page.get_by_role("link", name="Page to print").first.click()
    log = waiting.value
    log.wait_for_load_state()
    assert log.get_by_text(notice["serial"]).count() > 0
    path = f"/print/lines/{alpha.line}/notices/{notice['party']}/{notice['notice_id']}"
    page = desk.context.new_page()
    answer = page.goto(f"{desk.origin}{path}?language=ru")
    assert answer is not None
    assert answer.status == 200
    assert page.get_by_text(notice["notice_id"]).count() > 0
    for tab in (log, page):
        assert tab.locator("script").count() == 0
        assert tab.evaluate("document.querySelectorAll('[onclick],[onload],[onerror]').length") == 0
        assert tab.pdf(format="A4").startswith(b"%PDF-")
        tab.close()

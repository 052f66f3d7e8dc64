"""One notice, or one agreed contact, in the forms of others: on the command line."""

from pathlib import Path

import pytest

from openline.adapters.geofiles import read_geofile
from openline.faces.cli.faults import Exit
from tests.faces.cli.test_contacts import stands
from tests.faces.cli.test_talk import CIRCLE, STRIKE, WHERE, WINDOW, Officer
from tests.faces.conftest import Line, Run


def test_a_notice_goes_out_in_each_form(openline: Run, line: Line, tmp_path: Path) -> None:
    """NOTAM, AIXM, GeoJSON and KML give the area back, CAP names it; losses are told."""
    alpha = Officer(openline, line, "alpha")
    issue = ("notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--precedence", "routine")
    [issued] = alpha.done(*issue, "--wait", 20)["issued"]
    name = issued["notice_id"]
    for form in ("notam", "aixm", "geojson", "kml"):
        out = tmp_path / f"{form}.txt"
        done = alpha.done("export", name, "--format", form, "--out", out)
        assert done == {"file": str(out), "losses": done["losses"]}
        assert len(done["losses"]) == (form == "notam")
        [volume] = read_geofile(out)[0].volumes
        assert volume.radius_m == 9_000
    cap = alpha("export", name, "--format", "cap")
    assert "<event>strike, missile</event>" in cap.out
    assert "Lost: " in alpha("export", name, "--format", "notam").err
    assert alpha("export", name, "--format", "cap", "--out", tmp_path / "aixm.txt").code == (
        Exit.REFUSED
    )
    alpha.done("notice", "cancel", name, "Weather.", "--wait", 20)
    assert "NOTAMC A0000/" in alpha("export", name, "--format", "notam").out


def test_an_agreed_contact_goes_into_a_calendar(openline: Run, line: Line) -> None:
    """A contact without an agreed time is refused; an agreed one is an event."""
    alpha, bravo = Officer(openline, line, "alpha"), Officer(openline, line, "bravo")
    asked = alpha.said("contact", "request", "Flights, north", "--at", "+3h")
    early = alpha("export", asked, "--format", "ics")
    assert early.code == Exit.REFUSED
    assert "has no agreed time" in early.err
    stands(bravo, asked, "PROPOSED")
    bravo.said("contact", "reply", asked, "accept")
    stands(alpha, asked, "SCHEDULED")
    told = alpha("export", asked, "--format", "ics")
    assert "SUMMARY:Flights\\, north" in told.out
    assert "STATUS:CONFIRMED" in told.out
    alpha.said("contact", "reply", asked, "call-off", "Not needed.")
    stands(alpha, asked, "CALLED_OFF")
    assert "STATUS:CANCELLED" in alpha("export", asked, "--format", "ics").out


@pytest.mark.parametrize("words", [("NONE-1", "--format", "cap"), ("NONE-1", "--format", "ics")])
def test_what_is_not_there_is_told(openline: Run, line: Line, words: tuple[str, ...]) -> None:
    """A notice or a contact that is not there is refused with what to do."""
    ended = Officer(openline, line, "alpha")("export", *words)
    assert ended.code == Exit.REFUSED
    assert "There is no" in ended.err

"""The verb `export`: a notice or an agreed contact in the forms of others."""

from typing import Any, Literal

from openline.faces.cli.files import STANDARD, Output, check_place, write_new
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import OnLine
from openline.faces.cli.output import emit, emit_aside

app = make_app("export", "")

Form = Literal["notam", "aixm", "cap", "geojson", "kml", "ics"]


@sole_verb(app)
def export(
    what: str,
    /,
    *,
    format: Form,
    out: Output = STANDARD,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Write a notice, or an agreed contact, in the form of others.

    A notice becomes the text of a NOTAM, proposed to the office that gives number
    and location; an event of AIXM 5.1.1; an alert of CAP 1.2; GeoJSON or KML. A
    contact becomes an event of a calendar (ics). What the form cannot say is told
    on standard error. A file that is there already is left as it is.

    Example:
        openline export ALPHA-0003 --format notam
        openline export bravo.example/BRAVO-0002 --format cap --out bravo.cap.xml
        openline export ALPHA-0016 --format ics --out contact.ics

    Args:
        what: The notice, or PARTY/NOTICE where two parties use one name; of ics the contact.
        format: The form.
        out: The file to write; without it standard output.
        options: Which node and line, and how to print.
    """
    check_place(out, "--out")
    client = options.client()
    line = options.line_of(client)
    if format == "ics":
        told = client.get("/lines", line, "contacts", what, "export")
    else:
        notice: dict[str, Any] = client.get("/lines", line, "notices", *what.split("/"))
        told = client.get(
            "/lines", line, "notices", notice["party"], notice["notice_id"], "export", format=format
        )
    write_new(out, told["text"].encode())
    rows = [f"Lost: {loss}" for loss in told["losses"]]
    if out != STANDARD:
        rows.insert(0, f"Written: {out}, {len(told['text'].encode()):,} bytes.")
    tell = emit_aside if out == STANDARD else emit
    tell({"file": str(out), "losses": told["losses"]}, rows, as_json=options.json)

"""The verb `courier`: the same signed objects, carried as a file."""

from pathlib import Path

from openline.faces.cli.files import Input, read_bytes, write_new
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import OnLine
from openline.faces.cli.output import emit

FILE_SIZE_BYTES_MAX = 268_435_456

app = make_app(
    "courier",
    """\
    Carry messages as a file where no circuit reaches.

    A memory stick, a data diode or an attaché carries what the circuits would:
    the same signed messages and receipts. Carrying a file twice does no harm.
    """,
)


@verb(app, "export")
def export(
    party: str,
    /,
    *,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Write a file for a counterpart.

    It holds everything that the counterpart has not receipted yet, our receipt
    for what we hold of it, and our last tick.

    Example:
        openline courier export bravo.example --out for-bravo.openline

    Args:
        party: The counterpart.
        out: Where to write; without it <line>-<party>.courier in the current directory.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    file = client.fetch_file("/lines", line, "courier", "export", body={"party": party})
    path = out or Path(f"{line}-{party}.courier")
    write_new(path, file, overwrite=True)
    result = {"path": str(path), "party": party, "line": line, "size_bytes": len(file)}
    emit(result, [f"{path}: {len(file)} bytes for {party} on {line}."], as_json=options.json)


@verb(app, "import")
def import_(
    file: Input,
    /,
    *,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Take in a file that a counterpart's courier brought.

    Everything in it is verified as if it had come over a circuit. Receipts for
    it go out over the circuits, or with the next courier.

    Example:
        openline courier import from-alpha.openline

    Args:
        file: What the courier brought.
        options: Which node and line, and how to print.
    """
    data = read_bytes(file, FILE_SIZE_BYTES_MAX)
    client = options.client()
    line = options.line_of(client)
    result = client.post_file("/lines", line, "courier", "import", file=data)
    rows = [
        f"{file}: {result.get('entries', 0)} new messages from {result.get('party')}, "
        f"{result.get('receipted', 0)} of ours receipted.",
        *(f"Refused: {why}." for why in result.get("refused", [])),
    ]
    emit(result, rows, as_json=options.json)

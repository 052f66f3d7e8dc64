"""The verb `move`: a stopped node's store, into a database or back."""

from dataclasses import asdict
from pathlib import Path

from openline.domain.errors import OurError
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Node
from openline.faces.cli.output import emit

app = make_app("move", "")


@sole_verb(app)
def move(
    to: str,
    /,
    *,
    password_file: Path | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Move the store of a stopped node into a database, or back into a file.

    Every row is compared, and every entry, head and receipt in the new place is verified
    anew; only then does `node.toml` name it. Cut short, the node is where it was: move
    again. The old place is kept and set aside. The node goes on at once, for its anchor
    knows the store.

    Example:
        openline move postgresql://openline@db.alpha.example/alpha --password-file db.password

    Args:
        to: The address of an empty database, or the path of a file that is not there, which
            begins at the node's directory. An address holds no password.
        password_file: The file with the password of the database, which begins at the node's
            directory as well; it is named in `node.toml`.
        options: Which node, and how to print.
    """
    from openline.app.config import load_config
    from openline.app.move import move as move_store
    from openline.faces import unix

    config = load_config(options.directory)
    if unix.is_answered(config.socket):
        raise OurError("The node runs.", "Stop it first; its store is moved as a whole.")
    moved = move_store(config, to, password_file)
    rows = [
        f"{config.party}: {moved.logs} logs with {moved.entries} entries and {moved.heads} heads, "
        f"all verified, are in {moved.target}.",
        f"node.toml names it. What was in the old place is kept: {moved.source}.",
        f"Start it: openline run --dir {config.directory}",
    ]
    emit(asdict(moved), rows, as_json=options.json)

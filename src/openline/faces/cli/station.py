"""The verbs `station …`: several machines that serve one party in turn."""

from pathlib import Path

from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Node
from openline.faces.cli.output import emit

app = make_app("station", "Serve one party from several machines, of which one at a time writes.")


@verb(app)
def copy(
    directory: Path,
    /,
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Copy what a further station needs into a new directory.

    The store of the node must be in a database that both machines reach. Keys, cards,
    Understandings, settings and code books are copied; the anchor, the log and root keys
    are not, and must not be taken along by hand. The copy can speak for the party: bring
    it to the other machine as carefully as the keys, and let nobody else read it.

    Example:
        openline station copy /media/stick/alpha --dir /var/lib/openline/alpha

    Args:
        directory: Where to; it is made.
        options: Which node, and how to print.
    """
    from openline.app.standby import check_fit
    from openline.app.station_copy import copy_station, elsewhere

    config = options.config()
    check_fit(config)
    copied = copy_station(config, directory)
    others = elsewhere(config)
    rows = [
        f"{directory}: {len(copied)} files, all that a further station of {config.party} needs.",
        "It holds the party's keys. On the other machine put it where the node is to live, let "
        "its account alone read it, and correct [[listener]] in node.toml.",
        *(f"node.toml names {path} too: bring it, or correct node.toml." for path in others),
        "Then start both: openline run --standby",
    ]
    result = {
        "directory": str(directory),
        "files": [str(path) for path in copied],
        "elsewhere": [str(path) for path in others],
    }
    emit(result, rows, as_json=options.json)

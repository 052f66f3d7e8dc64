"""The verb `demo`: two nodes and a story between them."""

from pathlib import Path

from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Printing

app = make_app("demo", "")


@sole_verb(app)
def demo(
    file: Path | None = None,
    /,
    *,
    story: str = "shayrat",
    once: bool = False,
    dir: Path | None = None,
    store: str = "",
    options: Printing = Printing(),  # noqa: B008 - frozen.
) -> int:
    """Run two nodes and play a story between them.

    Two node processes are made in a directory and speak over mutual TLS on
    this machine. What happens is printed as it happens, in both languages
    where text is structured; then they keep running, and every other verb can
    be tried on them with --dir DIR/alpha or --dir DIR/bravo.

    The story "shayrat" follows 7 and 8 April 2017 over central Syria; it is a
    reconstruction with compressed times. The story "order" issues the measures
    of an airspace control order. The others are pages that officers read and
    nodes play, each with what must hold at its end; in them hours pass at once,
    by a clock of the rehearsal. `--story list` names them.

    Example:
        openline demo
        openline demo --once --json --dir /tmp/line
        openline demo --story khasham --once
        openline demo --story order monterey.aco

    Args:
        file: With the story "order", the airspace control order.
        story: Which story.
        once: End when the story is told; exit code 0 only if every step held.
        dir: Where the nodes are made; without it a temporary directory.
        store: The address of an empty database in which Alpha keeps its store.
        options: How to print.
    """
    from openline.faces.demo.main import list_stories, run_demo

    if story == "list":
        list_stories(as_json=options.json)
        return 0
    return run_demo(
        directory=dir, once=once, json=options.json, story=story, file=file, store=store
    )

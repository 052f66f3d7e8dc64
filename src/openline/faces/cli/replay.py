"""The verb `replay`: how the line stood at an instant of the past."""

from openline.faces.cli.instants import Instant, instant_text
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Language, OnLine
from openline.faces.cli.output import Worded, emit

app = make_app("replay", "")


@sole_verb(app)
def replay(
    *,
    at: Instant,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show how the line stood at an instant of the past.

    It is computed anew from the node's journal: what this node had then, and not what it
    learned later. Circuits are not in it, for no journal has them.

    Example:
        openline replay --at 070140ZAPR17
        openline replay --at -2h --json

    Args:
        at: The instant: ISO 8601 with Z, a date-time group, or -2h for two hours ago.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    past = client.get("/lines", line, "replay", at=instant_text(at), language=language)
    emit(past, map(Worded, past["said"]), as_json=options.json)

"""Drawing for pages: a process beside the node, which asks it as others do.

A running node never loads the library that draws
(`docs/decisions/0022-pictures-by-matplotlib.md`): it starts this program, which asks over
the node's socket, draws one picture, writes it to standard output and ends.

    python -m openline.faces.console.drawing DIRECTORY LANGUAGE conflict LINE ID
    python -m openline.faces.console.drawing DIRECTORY LANGUAGE area LINE PARTY NOTICE
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from openline.app.config import load_config
from openline.domain.errors import OurError
from openline.domain.line.form import Fault
from openline.domain.space.volume import Volume, VolumeDoesNotHold, check_volume
from openline.domain.talk.volumes import VOLUME
from openline.faces.cli.client import Client
from openline.faces.cli.picture import draw_one, finding_of


def main(order: list[str]) -> int:
    """Draw one picture to standard output; 1 with a sentence if it cannot be drawn."""
    directory, language, sort, *names = order
    try:
        client = Client(load_config(Path(directory)))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "picture.png"
            _DRAW[sort](client, path, language, *names)
            sys.stdout.buffer.write(path.read_bytes())
    except OurError as error:
        print(error.what, file=sys.stderr)
        return 1
    return 0


def _conflict(client: Client, path: Path, language: str, line: str, name: str) -> None:
    conflict = _conflicts(client, line).get(name)
    if conflict is None:
        raise OurError(f"There is no conflict {name!r} on {line}.", "See the list of conflicts.")
    draw_one(client, line, conflict, path, language)


def _conflicts(client: Client, line: str) -> dict[str, dict[str, Any]]:
    found = client.get("/lines", line, "conflicts", live=False)["conflicts"]
    return {one["id"]: one for one in found}


def _area(client: Client, path: Path, language: str, line: str, party: str, notice_id: str) -> None:
    """The areas of a notice, with those of the notices that it is in conflict with."""
    from openline.adapters.geofiles import ReadActivity
    from openline.adapters.picture import draw_activities

    notice = client.get("/lines", line, "notices", party, notice_id)
    activities = [ReadActivity(f"{party} {notice_id}", tuple(_volumes(notice)))]
    met = []
    known = _conflicts(client, line)
    for conflict in (known[name] for name in notice["conflicts"] if name in known):
        other = next(one for one in conflict["sides"] if one["party"] != party)
        if "/" in other["notice_id"]:
            # A site, a zone or a movement: the picture of the conflict has it.
            continue
        found = client.get("/lines", line, "notices", other["party"], other["notice_id"])
        met.append((0, len(activities), finding_of(conflict)))
        name = f"{other['party']} {other['notice_id']}"
        activities.append(ReadActivity(name, tuple(_volumes(found))))
    draw_activities(
        path, activities, met, title=f"{party} {notice_id}", language=language,
        base_map=client.config.base_map,
    )  # fmt: skip


def _volumes(notice: dict[str, Any]) -> Iterator[Volume]:
    """The areas of a notice that can be; a counterpart may send others."""
    for one in (notice["content"] or {}).get("volumes", ()):
        try:
            volume = VOLUME.from_json(one, "volume")
            check_volume(volume)
        except (Fault, VolumeDoesNotHold):
            continue
        yield volume


_DRAW: Final[dict[str, Callable[..., None]]] = {"conflict": _conflict, "area": _area}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

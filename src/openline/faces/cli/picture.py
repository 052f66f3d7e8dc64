"""A conflict of the running node as a picture: asks for both notices and draws.

Everything comes over the node's socket, as for any other program: the finding, both
notices as they were when it was found, and the agreed places.
"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openline.adapters.picture import ConflictDrawing, DrawnSide, draw_conflict
from openline.adapters.wording import LANGUAGES
from openline.domain.errors import OurError
from openline.domain.line.understanding import Understanding
from openline.domain.line.understanding_toml import from_toml
from openline.domain.space.conflict import Finding, Minima, Verdict
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Volume, VolumeDoesNotHold, check_volume
from openline.domain.talk.movement import Movement
from openline.domain.talk.site import SITE
from openline.domain.talk.volumes import VOLUME
from openline.domain.talk.zone import Zone
from openline.faces.cli.faults import WrongUsage

if TYPE_CHECKING:
    from openline.faces.cli.client import Client


def draw_one(
    client: "Client", line: str, conflict: dict[str, Any], path: Path, language: str | None
) -> None:
    """Draw one conflict into a new file.

    Args:
        client: The way to the node.
        line: The line.
        conflict: As the node lists it.
        path: Ends in .png or .svg; nothing is there yet.
        language: Of the words; None for that of node.toml.

    Raises:
        OurError: The file is there already or cannot be written, or a notice is no
            longer kept as it was.
    """
    check_picture(path)
    spoken = spoken_in(language or client.config.language)
    one, other = (_side(client, line, side) for side in conflict["sides"])
    terms = from_toml(client.get("/lines", line, "understanding")["toml"], line)
    drawn = ConflictDrawing(
        sides=(one, other),
        finding=finding_of(conflict),
        minima=Minima(**conflict["minima"]),
        line=line,
        is_exercise=conflict["exercise"],
        atmosphere=terms.atmosphere,
        places=_places(terms, spoken),
    )
    draw_conflict(path, drawn, language=spoken, base_map=client.config.base_map)


def check_picture(path: Path) -> None:
    """Confirm that a picture can be put there.

    Raises:
        WrongUsage: The name does not say which sort of picture.
        OurError: Something is there already.
    """
    if path.suffix.lower() not in (".png", ".svg"):
        raise WrongUsage(
            f"--picture {path} does not say which sort of picture.",
            "Let its name end in .png or .svg.",
        )
    if path.exists():
        raise OurError(f"{path} is there already.", "Move it, or name another file.")


def spoken_in(language: str) -> str:
    """The language of the words of a picture: this one, if there are words in it."""
    return language if language in LANGUAGES else LANGUAGES[0]


def _side(client: "Client", line: str, side: dict[str, Any]) -> DrawnSide:
    """One side with the volumes of the version that the finding is about."""
    if name := side.get("name"):
        return _private_side(client, line, side, name)
    party, notice_id, version = side["party"], side["notice_id"], side["version"]
    if "/" in notice_id:
        return _place_side(client, line, side)
    notice = client.get("/lines", line, "notices", party, notice_id)
    kept = [one for one in notice["versions"] if one["version"] == version]
    content = _content(client, line, notice, kept, version)
    volumes = [VOLUME.from_json(one, "volume") for one in (content or {}).get("volumes", ())]
    if not 1 <= side["volume"] <= len(volumes):
        raise OurError(
            f"{party}/{notice_id} is no longer kept as it was in version {version}.",
            "The record has it: openline log shows every message.",
        )
    serial = kept[0]["serial"] if kept else ""
    return _drawn(side, notice_id, volumes, serial, notice["kind"])


def _place_side(client: "Client", line: str, side: dict[str, Any]) -> DrawnSide:
    """A side that is a site, a zone or a movement, as it is now.

    Of a zone the area is drawn with its own windows, not cut to when it counts.
    """
    sort, _, name = side["notice_id"].partition("/")
    place = client.get("/lines", line, f"{sort}s", side["party"], name.partition("/")[0])
    content = place["content"] or {}
    volumes: tuple[Volume, ...] = ()
    if sort == "site" and content.get("version") == side["version"]:
        volumes = SITE.from_json(content, "site").footprint
    elif sort == "movement" and content.get("version") == side["version"]:
        volumes = Movement.record.from_json(content, "movement").volumes
    elif sort == "zone" and content:
        volumes = Zone.record.from_json(content, "zone").volumes
    if not 1 <= side["volume"] <= len(volumes):
        raise OurError(
            f"{side['party']} {side['notice_id']} is no longer kept as it was in version "
            f"{side['version']}.",
            "The record has it: openline log shows every message.",
        )
    kind = content.get("kind", "zone")
    return _drawn(side, side["notice_id"], list(volumes), place["serial"], kind)


def _private_side(client: "Client", line: str, side: dict[str, Any], name: str) -> DrawnSide:
    """The side that only this node knows of: its page goes to nobody else."""
    kept = client.get("/lines", line, "private", name)
    if kept["version"] != side["version"]:
        raise OurError(
            f"{name} is no longer kept as it was in version {side['version']}.",
            "Draw a conflict that it has now: openline conflicts.",
        )
    volumes = [VOLUME.from_json(one, "volume") for one in kept["content"]["volumes"]]
    return replace(_drawn(side, name, volumes, "", kept["kind"]), is_private=True)


def _drawn(
    side: dict[str, Any], name: str, volumes: list[Volume], serial: str, kind: str
) -> DrawnSide:
    number = side["volume"]
    others = (*volumes[: number - 1], *volumes[number:])
    return DrawnSide(
        side["party"], name, side["version"], volumes[number - 1], number, serial, kind,
        tuple(volume for volume in others if _holds(volume)),
    )  # fmt: skip


def _content(
    client: "Client",
    line: str,
    notice: dict[str, Any],
    kept: list[dict[str, Any]],
    version: int,
) -> dict[str, Any] | None:
    """What the notice said in a version: what is live, else its message."""
    content: dict[str, Any] | None = notice["content"]
    if content is not None and content.get("version") == version:
        return content
    if not kept:
        return None
    index = str(kept[0]["index"])
    body = client.get("/lines", line, "messages", notice["party"], index)["body"] or {}
    # After a lost outbox an index may name another message.
    is_it = (body.get("notice_id"), body.get("version")) == (notice["notice_id"], version)
    return body if is_it else None


def _holds(volume: Volume) -> bool:
    """Whether a volume can be at all; a counterpart may send others."""
    try:
        check_volume(volume)
    except VolumeDoesNotHold:
        return False
    return True


def finding_of(found: dict[str, Any]) -> Finding:
    """A conflict as the node lists it, as a finding again."""
    return Finding(
        verdict=Verdict(found["verdict"]),
        separation_m=found["separation_m"],
        vertical_gap_dm=found["vertical_gap_dm"],
        time_gap_ms=found["time_gap_ms"],
        overlap_from=found["overlap_from"],
        overlap_until=found["overlap_until"],
        closest=(found["closest"]["lat_e7"], found["closest"]["lon_e7"]),
    )


def _places(terms: Understanding, language: str) -> tuple[tuple[str, Position], ...]:
    """The agreed places by what they are called in a language, else in English."""
    return tuple(
        (
            dict(point.titles).get(language) or dict(point.titles).get("en") or point.name,
            (point.lat_e7, point.lon_e7),
        )
        for point in terms.reference_points
    )

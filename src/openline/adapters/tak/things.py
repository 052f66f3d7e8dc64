"""What a thing of a line looks like on a map: from what the node tells, marks.

Each area of a notice, a zone, a site or what is kept private is one mark: dashed before
its window opens, solid in it, gone after it. A movement is a route. A conflict is a
breached geofence at the place where the two come nearest, a FLASH that nobody has taken
an emergency. The colours say whose a thing is, ours or another party's, and no more.
What a thing is called is the same for as long as it lasts, so that a map that shows it
already changes it in place.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from openline.adapters.tak.cot import EMERGENCY, Mark, element, shown, written
from openline.adapters.tak.drawing import Look, label, route_mark, volume_mark
from openline.adapters.wording import Wording
from openline.domain.instant import INSTANT_MAX
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Volume
from openline.domain.talk.movement import SIDE_PREFIX, Movement
from openline.domain.talk.site import SITE
from openline.domain.talk.volumes import VOLUME
from openline.engine.notice_view import sound_volumes

GEOFENCE: Final = "b-a-g"

_OURS: Final = 0x2F80ED
_THEIRS: Final = 0xF2C94C
_ZONE: Final = 0xBB6BD9
_PROTECTED: Final = 0x27AE60
_ALARM: Final = 0xEB5757

_GONE: Final = frozenset({"CANCELLED", "EXPIRED", "REMOVED"})
"""States of zones and sites that are on no map."""

_BREACHES: Final = frozenset({"CONFLICT", "MARGINAL"})


@dataclass(frozen=True, slots=True)
class Scene:
    """What marks are made from beside the thing itself.

    Attributes:
        line: The line it is on.
        own: The party whose node this is.
        wording: Says what is known of it.
        now: The present instant.
        middle: Where to put what has no place: the middle of the agreement's area.
    """

    line: str
    own: str
    wording: Wording
    now: int
    middle: Position

    def uid(self, *parts: object) -> str:
        """The name of a mark, from the line on."""
        return ".".join(("openline", self.line, *map(str, parts)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A thing as a map shows it.

    Attributes:
        marks: In order; none for what is over.
        changes_at: When time alone changes how it is shown; None for never.
    """

    marks: tuple[Mark, ...] = ()
    changes_at: int | None = None


NOTHING: Final = Drawn()


def draw(name: str, told: Mapping[str, Any], scene: Scene) -> Drawn:
    """What the node tells of one thing, drawn.

    Args:
        name: `notice`, `movement`, `site`, `zone`, `private`, `conflict`,
            `private_conflict` or `alarm`: as of the event stream.
        told: As of the event stream, or the list; `private` with its content.
        scene: What else is known.
    """
    return _DRAWN[name](told, scene)


def _notice(told: Mapping[str, Any], scene: Scene) -> Drawn:
    content = told["content"]
    if not told["is_live"] or content is None:
        return NOTHING
    look = Look(
        _called(told["notice_id"], content["place"]["words"], told["exercise"]),
        _rows(scene, told, [content["activity"], content["place"]["words"], content["contact"]]),
        _colour(told["party"], scene),
    )
    uid = scene.uid("notice", told["party"], told["notice_id"])
    return _areas(uid, _volumes(content), look, scene)


def _movement(told: Mapping[str, Any], scene: Scene) -> Drawn:
    content = told["content"]
    if not told["is_live"] or content is None:
        return NOTHING
    movement: Movement = Movement.record.from_json(content, "")
    if len(movement.route) < 2:
        return NOTHING
    start, end = told["valid_from"], told["valid_until"]
    is_dashed = scene.now < start
    window = scene.wording.open_window(start, end)
    look = Look(
        _called(told["movement_id"], movement.place.words, told["exercise"]),
        _rows(scene, told, [movement.purpose, movement.place.words, movement.lead_contact])
        + f"\n{window}",
        _colour(told["party"], scene),
        is_dashed,
    )
    uid = scene.uid("movement", told["party"], told["movement_id"])
    return Drawn((route_mark(uid, movement, look, end),), start if is_dashed else end)


def _site(told: Mapping[str, Any], scene: Scene) -> Drawn:
    if told["state"] in _GONE or not told["is_checked"] or told["content"] is None:
        return NOTHING
    site = SITE.from_json(told["content"], "")
    colour = _PROTECTED if site.is_protected else _colour(told["party"], scene)
    look = Look(
        _called(told["site_id"], site.name(scene.wording.language), told["exercise"]),
        _rows(scene, told, [site.function, site.place.words, site.focal_point, site.remark]),
        colour,
    )
    uid = scene.uid("site", told["party"], told["site_id"])
    return _areas(uid, site.footprint, look, scene)


def _zone(told: Mapping[str, Any], scene: Scene) -> Drawn:
    content = told["content"]
    if told["state"] in _GONE or not told["is_checked"] or content is None:
        return NOTHING
    rule = scene.wording.term(told["rule"])
    look = Look(
        _called(told["zone_id"], told["name"], told["exercise"]),
        _rows(scene, told, [content["text"], content["place"]["words"], content["authority"]])
        + f"\n{rule}",
        _ZONE,
    )
    uid = scene.uid("zone", told["party"], told["zone_id"])
    starts = INSTANT_MAX if told["counts_from"] is None else told["counts_from"]
    return _areas(uid, _volumes(content), look, scene, starts)


def _private(told: Mapping[str, Any], scene: Scene) -> Drawn:
    if not told["is_live"]:
        return NOTHING
    remarks = scene.wording.kept(told["name"])
    look = Look(_called(told["name"], "", told["exercise"]), remarks, _OURS)
    uid = scene.uid("private", told["name"])
    return _areas(uid, _volumes(told["content"]), look, scene)


def _conflict(told: Mapping[str, Any], scene: Scene) -> Drawn:
    if told["ended_at"] is not None or told["verdict"] not in _BREACHES:
        return NOTHING
    one, other = (
        scene.wording.kept(side["name"]) if "name" in side else f"{side['party']} {_name_of(side)}"
        for side in told["sides"]
    )
    names = " / ".join(side.get("name") or _name_of(side) for side in told["sides"])
    look = Look(
        _called(shown(names), "", told["exercise"]),
        scene.wording.encounter(told, one, other),
        _ALARM,
    )
    closest = told["closest"]
    mark = Mark(
        scene.uid("conflict", told["id"]),
        GEOFENCE,
        (closest["lat_e7"], closest["lon_e7"]),
        written(label(look)),
    )
    return Drawn((mark,))


def _alarm(told: Mapping[str, Any], scene: Scene) -> Drawn:
    is_ours = told["name"] in ("CONFLICT", "PRIVATE_CONFLICT")
    if told["precedence"] != "FLASH" or told["acknowledged"] is not None or is_ours:
        return NOTHING
    said = scene.wording.alarm(told)
    title = f"{told['facts'].get('party', scene.line)} {scene.wording.term(told['name'])}"
    look = Look(shown(title), said, _ALARM)
    emergency = element("emergency", shown(title), type="911 Alert")
    detail = written([*label(look), emergency])
    mark = Mark(scene.uid("alarm", told["id"]), EMERGENCY, scene.middle, detail)
    return Drawn((mark,))


def _areas(
    uid: str, volumes: Iterable[Volume], look: Look, scene: Scene, counts_from: int = 0
) -> Drawn:
    """Each area that is not over yet, by its own window and from when it counts."""
    kept = tuple(volumes)
    marks: list[Mark] = []
    edges: list[int] = []
    for number, volume in sound_volumes(kept):
        if volume.valid_until <= scene.now:
            continue
        opens_at = max(volume.valid_from, counts_from)
        is_dashed = scene.now < opens_at
        edges.append(min(opens_at, volume.valid_until) if is_dashed else volume.valid_until)
        window = scene.wording.open_window(volume.valid_from, volume.valid_until)
        part = replace(
            look,
            callsign=look.callsign if len(kept) == 1 else f"{look.callsign} {number}/{len(kept)}",
            remarks="\n".join((look.remarks, scene.wording.band(volume), window)),
            is_dashed=is_dashed,
        )
        marks.append(volume_mark(f"{uid}.{number}", volume, part, volume.valid_until))
    return Drawn(tuple(marks), min(edges, default=None))


def _volumes(content: Mapping[str, Any]) -> list[Volume]:
    return [VOLUME.from_json(one, "") for one in content["volumes"]]


def _called(name: str, words: str, is_exercise: bool) -> str:
    """What a thing is called on the map: its id, then a name or a place."""
    parts = ("EXERCISE" if is_exercise else "", shown(name), shown(words))
    return " ".join(part for part in parts if part)


def _rows(scene: Scene, told: Mapping[str, Any], words: Iterable[str]) -> str:
    """Whose it is, and what its author says of it."""
    head = f"{told['party']} ({scene.line}), {told['serial']}"
    return "\n".join((head, *(shown(one) for one in words if one.strip())))


def _colour(party: str, scene: Scene) -> int:
    return _OURS if party == scene.own else _THEIRS


def _name_of(side: Mapping[str, Any]) -> str:
    return str(side["notice_id"]).removeprefix(SIDE_PREFIX)


_DRAWN: Final[Mapping[str, Callable[[Mapping[str, Any], Scene], Drawn]]] = {
    "notice": _notice,
    "movement": _movement,
    "site": _site,
    "zone": _zone,
    "private": _private,
    "conflict": _conflict,
    "private_conflict": _conflict,
    "alarm": _alarm,
}

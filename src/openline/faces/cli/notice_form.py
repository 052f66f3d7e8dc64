"""The form of a notice: from options and files to what the API takes.

A file of areas (GeoJSON, KML, ACO and others) tells where, how high and when, and may tell more
in its properties; what is given as an option counts before the file. Nothing
is judged here: the node checks the whole.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from openline.domain.talk.notice_fields import CHOICES, WORDS, notice_fields
from openline.faces.cli.faults import FileUnreadable, WrongUsage
from openline.faces.cli.instants import instant_of, instant_text
from openline.faces.cli.output import say_aside

if TYPE_CHECKING:
    from openline.adapters.geofiles import ReadActivity

_WHERE = Group("Where, how high, when", sort_key=2)
_WHAT = Group("What", sort_key=3)
_DEGREES = r"(-?[0-9]{1,3}(?:\.[0-9]+)?)"
_SIGNED = Parameter(group=_WHERE, allow_leading_hyphen=True)
_POINT = re.compile(rf"(?<![0-9.,-]){_DEGREES}\s*,\s*{_DEGREES}(?![0-9.]|\s*,)")


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class NoticeForm:
    """What a notice says.

    Attributes:
        file: A file with areas (GeoJSON, ED-318, ED-269, KML, KMZ, ACO, NOTAM, navigation warnings,
            OpenAir, AIXM, F3548); each of its activities becomes a notice. What other options
            give counts before it.
        only: Of the file, the activity of this name or number; again for each.
        skip_faulty: Leave out, and tell, what is faulty in the file, and take the rest; without it
            nothing is taken.
        circle: Centre of a circle: "LAT,LON" in degrees; needs --radius.
        corridor: Points of a corridor: "LAT,LON LAT,LON ..."; needs --radius.
        polygon: Corners of a polygon: "LAT,LON LAT,LON LAT,LON ...".
        radius: How far it reaches, as 10 km or 5 NM; of a corridor, to each side.
        lower: Lower bound: FL100, 1500 ft AMSL, 300 m AGL; without it, the surface.
        upper: Upper bound, likewise; without it, unlimited.
        from_: Start of the window: an instant, or +30min from now.
        until: End of the window: an instant, or +90min from now.
        place: Where, in words relative to a shared reference point; compared with the area.
        describe_place: Take the words from the area, where none are given; nothing is compared.
        reference: The reference point's name in the Understanding, if the words do not say it.
        category: What it is about; names a lead time in the Understanding: strike, flight.
        kind: What acts; names separation minima: air, ground, missile, presence.
        activity: What will be done, in words.
        objects: What acts, as coarse as you like: "two fighters".
        contact: Post and frequencies to reach those who act.
        certainty: firm or tentative.
        speaks_for: Whose people act: own, auxiliary or partner.
        hazard: A hazard in words: "live fire"; again for each.
        third_party: Who else is there, in words.
        scope: The scope of the line it belongs to.
        releasability: What may leave the receiver: line_only, party_internal, joint_public, public.
        language: Language of the words; without it the language of node.toml.
        exercise: It is for an exercise only.
    """

    file: Annotated[Path | None, Parameter(group=_WHERE)] = None
    only: Annotated[tuple[str, ...], Parameter(group=_WHERE)] = ()
    skip_faulty: Annotated[bool, Parameter(group=_WHERE)] = False
    circle: Annotated[str | None, _SIGNED] = None
    corridor: Annotated[str | None, _SIGNED] = None
    polygon: Annotated[str | None, _SIGNED] = None
    radius: Annotated[str | None, Parameter(group=_WHERE)] = None
    lower: Annotated[str | None, _SIGNED] = None
    upper: Annotated[str | None, _SIGNED] = None
    from_: Annotated[str | None, Parameter(name="--from", group=_WHERE)] = None
    until: Annotated[str | None, Parameter(group=_WHERE)] = None
    place: Annotated[str | None, Parameter(group=_WHERE)] = None
    describe_place: Annotated[bool, Parameter(group=_WHERE)] = False
    reference: Annotated[str | None, Parameter(group=_WHERE)] = None
    category: Annotated[str | None, Parameter(group=_WHAT)] = None
    kind: Annotated[str | None, Parameter(group=_WHAT)] = None
    activity: Annotated[str | None, Parameter(group=_WHAT)] = None
    objects: Annotated[str | None, Parameter(group=_WHAT)] = None
    contact: Annotated[str | None, Parameter(group=_WHAT)] = None
    certainty: Annotated[str | None, Parameter(group=_WHAT)] = None
    speaks_for: Annotated[str | None, Parameter(group=_WHAT)] = None
    hazard: Annotated[tuple[str, ...], Parameter(group=_WHAT)] = ()
    third_party: Annotated[str | None, Parameter(group=_WHAT)] = None
    scope: Annotated[str | None, Parameter(group=_WHAT)] = None
    releasability: Annotated[str | None, Parameter(group=_WHAT)] = None
    language: Annotated[str | None, Parameter(group=_WHAT)] = None
    exercise: Annotated[bool, Parameter(group=_WHAT)] = False

    def drafts(self, language: str) -> list[dict[str, Any]]:
        """The fields of each notice that the options and the file give.

        Args:
            language: Of the words, where nothing says it.

        Raises:
            WrongUsage: The options do not fit each other.
            FileUnreadable: The file has a fault, named with feature and property.
        """
        given = {"language": language, **self.words()}
        if self.file is None:
            volumes = self.volumes()
            return [{**given, **({"volumes": volumes} if volumes else {})}]
        if self.circle or self.corridor or self.polygon:
            raise WrongUsage("--file and a shape exclude each other.", "Give one of them.")
        return [
            {**given, **fields_of(activity), **self.words(), "volumes": volumes}
            for activity, volumes in self._read(self.file)
        ]

    def changed(self, volume: dict[str, Any]) -> dict[str, Any]:
        """A volume with the bounds and the window that options give instead of its own."""
        changed = dict(volume)
        for name in ("lower", "upper"):
            if (value := getattr(self, name)) is not None:
                changed[name] = value
        if self.radius is not None:
            changed.pop("radius_m", None)
            changed["radius"] = self.radius
        if self.from_ is not None:
            changed["valid_from"] = instant_text(self.from_)
        if self.until is not None:
            changed["valid_until"] = instant_text(self.until)
        return changed

    def words(self) -> dict[str, Any]:
        """The fields that options give, without the volumes."""
        given: dict[str, Any] = {
            name: value.upper() if name in CHOICES else value
            for name in WORDS
            if (value := getattr(self, name)) is not None
        }
        if self.hazard:
            given["hazards"] = list(self.hazard)
        if self.exercise:
            given["exercise"] = True
        if self.place is not None or self.reference is not None:
            given["place"] = {"words": self.place or "", "reference": self.reference or ""}
        return given

    def volumes(self) -> list[dict[str, Any]]:
        """The volume that options give, or none.

        Raises:
            WrongUsage: There is more than one shape, or a part is missing.
        """
        shapes = {"CIRCLE": self.circle, "CORRIDOR": self.corridor, "POLYGON": self.polygon}
        given = {shape: text for shape, text in shapes.items() if text is not None}
        if not given:
            return []
        if len(given) > 1:
            raise WrongUsage(
                "Give one of --circle, --corridor and --polygon.",
                "Several volumes of one notice come from a file: --file.",
            )
        [(shape, text)] = given.items()
        window = self._window()
        if window is None:
            raise WrongUsage("The window is missing.", "Give --from and --until.")
        if self.radius is None and shape != "POLYGON":
            raise WrongUsage(f"A {shape.lower()} needs --radius.", "Write --radius 10km.")
        volume: dict[str, Any] = {
            "shape": shape,
            "vertices": parse_points(text, f"--{shape.lower()}"),
            "valid_from": instant_text(self.from_ or ""),
            "valid_until": instant_text(self.until or ""),
        }
        for name in ("radius", "lower", "upper"):
            if (value := getattr(self, name)) is not None:
                volume[name] = value
        return [volume]

    def _window(self) -> tuple[int, int] | None:
        if self.from_ is None and self.until is None:
            return None
        if self.from_ is None or self.until is None:
            raise WrongUsage("A window has two ends.", "Give --from and --until.")
        return instant_of(self.from_), instant_of(self.until)

    def _read(self, path: Path) -> list[tuple["ReadActivity", list[dict[str, Any]]]]:
        """The activities of a file that are asked for, each with its volumes."""
        from openline.adapters.geofiles import FileFault, read_file
        from openline.domain.talk.volumes import VOLUME

        try:
            reach_m = None if self.radius is None else parse_radius(self.radius)
            read = read_file(path, self._window(), reach_m=reach_m, goes_on=True)
        except FileFault as fault:
            raise FileUnreadable(fault.what, fault.remedy) from None
        found = []
        for number, activity in enumerate(read.activities, start=1):
            if self.only and activity.name not in self.only and str(number) not in self.only:
                continue
            if activity.fault is not None and not self.skip_faulty:
                raise FileUnreadable(
                    activity.fault.what, f"{activity.fault.remedy} Or leave it out: --skip-faulty."
                )
            if activity.fault is not None:
                say_aside(f"Left out: {activity.fault.what}")
                continue
            if activity.cancels:
                say_aside(
                    f"Left out: {activity.name} cancels {activity.cancels}; openline notice "
                    "cancel does that."
                )
                continue
            for remark in activity.remarks:
                say_aside(f"{path}, {activity.name or f'feature {number}'}: {remark}")
            volumes = [self.changed(VOLUME.to_json(volume)) for volume in activity.volumes]
            found.append((activity, volumes))
        if not found:
            named = f" of {', '.join(self.only)}" if self.only else ""
            raise FileUnreadable(f"{path} holds no activity{named}.")
        return found


def parse_radius(text: str) -> int:
    """Metres from `3km`, `5 NM` or a number, rounded as the node does.

    Raises:
        WrongUsage: It is no such length.
    """
    from openline.domain.limits import RADIUS_M_MAX
    from openline.domain.line.form import METRES, Fault, Quantity

    try:
        radius_m: int = Quantity(METRES, RADIUS_M_MAX).from_json(text, "--radius")
    except Fault as fault:
        raise WrongUsage(f"{fault}.", "Write --radius 10km.") from None
    if radius_m < 1:
        raise WrongUsage("--radius is 0 m, which reaches nowhere.", "Write --radius 10km.")
    return radius_m


def parse_points(text: str, option: str) -> list[dict[str, str]]:
    """Positions from `LAT,LON LAT,LON`, parted by spaces or semicolons.

    Raises:
        WrongUsage: One is not written so.
    """
    points = _POINT.findall(text)
    if not points or _POINT.sub("", text).strip("; \t\n"):
        raise WrongUsage(
            f"{option} {text[:60]!r} is not a list of positions.",
            f'Write latitude, comma, longitude in degrees: {option} "34.490,36.909".',
        )
    return [{"lat": lat, "lon": lon} for lat, lon in points]


def fields_of(activity: "ReadActivity") -> dict[str, Any]:
    """What a file says of an activity in properties that a notice has fields for."""
    return notice_fields(activity.name, activity.properties)

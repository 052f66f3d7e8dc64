"""Terms: what the parties to a line agree on, as values, and when they are sound.

An `Understanding` holds everything both nodes must know alike: parties and
their keys, scopes, timers, separation minima, lead times, reference points.
How it is signed is in `understanding`, how an officer writes it in
`understanding_toml`. The tables of fields below are the specification of the
signed bytes (`docs/spec/understanding.md`). No number here was ever published
by anyone: all defaults are proposals.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.errors import OurError, TheirError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from openline.domain.limits import (
    AGREED_TEXT_CHARS_MAX,
    AREA_RINGS_MAX,
    CERTIFICATE_SIZE_BYTES_MAX,
    LANGUAGES_MAX,
    LATERAL_MINIMUM_M_MAX,
    LEAD_TIMES_MAX,
    LIVE_NOTICES_MAX,
    OUTSIDE_WITNESSES_MAX,
    PARTIES_MAX,
    POSTS_MAX,
    QNH_HPA_MAX,
    QNH_HPA_MIN,
    REFERENCE_POINTS_MAX,
    ROOTS_MAX,
    SCOPES_MAX,
    SEPARATIONS_MAX,
    TEMPERATURE_K_MAX,
    VERTICES_MAX,
)
from openline.domain.line.form import (
    DURATION,
    HEIGHT,
    LABEL,
    LANGUAGE,
    METRES,
    NAME,
    NEEDED_LABEL,
    Blob,
    Fault,
    Field,
    Items,
    Json,
    Quantity,
    Record,
    Text,
    Titles,
    Whole,
)
from openline.domain.line.points import POINT, with_e7
from openline.domain.line.schedule import CHECK_SCHEDULE, CheckSchedule, schedule_faults
from openline.domain.party import is_line_name, is_party_name
from openline.domain.record.cbor import Value
from openline.domain.record.note import SignatureType, VerifierKey, parse_verifier_key
from openline.domain.record.signing import PublicKeys, check_ed25519_public, check_public_keys
from openline.domain.space.altitude import ANY_WEATHER, Atmosphere
from openline.domain.talk.kinds import RELEASABLE

FORMAT: Final = 1
"""Version of the tables in this module; the first thing in the signed bytes."""

RELEASED_BY_TWO_DEFAULT: Final = ("declaration",)
"""A declaration names two persons in any case."""

ANY: Final = "any"
"""Stands for every kind or category that has no entry of its own."""

_Titles = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A staffed desk of a party.

    Attributes:
        name: Its name in messages.
        tier: 1 watch officer, 2 commander, 3 chief, 4 minister.
        hours: Hours of watch in UTC, in words: `24 h`.
    """

    name: str
    tier: int
    hours: str = "24 h"


@dataclass(frozen=True, slots=True)
class PartyTerms:
    """One party: its names, keys, posts and languages.

    Attributes:
        name: Its DNS-like name.
        titles: What it is called in each language, ordered by language.
        roots: Ed25519 public keys kept offline, in order, at least one.
        threshold: How many of them must sign.
        node: Keys that sign envelopes, heads and ticks.
        witness: Keys that cosign heads seen to be consistent.
        mirror: Keys that cosign heads all of whose entries are held.
        tls: The self-signed certificate of its node, in DER.
        languages: Its own languages, the preferred one first.
        posts: Its desks, in order of their names.
    """

    name: str
    titles: _Titles
    roots: tuple[bytes, ...]
    threshold: int
    node: PublicKeys
    witness: PublicKeys
    mirror: PublicKeys
    tls: bytes
    languages: tuple[str, ...]
    posts: tuple[Post, ...]

    def title(self, language: str) -> str:
        """What the party is called in the language, or else its name."""
        return dict(self.titles).get(language, self.name)


@dataclass(frozen=True, slots=True)
class ReferencePoint:
    """A place that both parties know by name and position.

    Attributes:
        name: Its name in messages.
        titles: What it is called in each language, ordered by language.
        lat_e7: Latitude in 1e-7 degree.
        lon_e7: Longitude in 1e-7 degree.
    """

    name: str
    titles: _Titles
    lat_e7: int
    lon_e7: int


@dataclass(frozen=True, slots=True)
class Separation:
    """The distances within which two notices of these kinds are in conflict.

    Attributes:
        kinds: The two kinds in alphabetical order; (any, any) stands for all
            pairs that have no entry of their own.
        lateral_m: Horizontal distance.
        vertical_dm: Distance between the altitude bands.
        time_ms: Time between the windows.
    """

    kinds: tuple[str, str]
    lateral_m: int
    vertical_dm: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class LeadTime:
    """How long before its window a notice of a category should be received.

    Attributes:
        category: The category; `any` stands for all others.
        minimum_ms: From receipt to the start of the window.
    """

    category: str
    minimum_ms: int


@dataclass(frozen=True, slots=True)
class OutsideWitness:
    """A witness that belongs to no party and cosigns all parties' heads.

    Attributes:
        name: Its name as in its verifier keys.
        vkeys: Its verifier keys as in C2SP signed notes; each one cosigns (type 4 or 6).
    """

    name: str
    vkeys: tuple[str, ...]

    def verifier_keys(self) -> tuple[VerifierKey, ...]:
        """The keys that `vkeys` write."""
        return tuple(map(parse_verifier_key, self.vkeys))


@dataclass(frozen=True, slots=True)
class Timers:
    """Every agreed time and count; each default is a proposal.

    Attributes:
        tick_ms: Between two signed ticks.
        ticks_missed_degraded: Missed ticks after which a circuit is degraded.
        ticks_missed_lost: Missed ticks after which it is lost.
        clock_tolerance_ms: Error bound of clocks in proofs of silence.
        clock_alarm_ms: Difference of clocks that raises an alarm.
        imminent_ms: A notice that is late and nearer than this is IMMINENT.
        receipt_flash_ms: A receipt of FLASH or IMMEDIATE is late after this.
        receipt_routine_ms: A receipt of PRIORITY or ROUTINE is late after this.
        read_flash_ms: A person should have read FLASH after this.
        read_immediate_ms: The same for IMMEDIATE.
        read_priority_ms: The same for PRIORITY.
        read_routine_ms: The same for ROUTINE.
        answer_flash_ms: The substance of an answer to FLASH is due after this.
        answer_immediate_ms: The same for IMMEDIATE.
        answer_priority_ms: The same for PRIORITY.
        answer_routine_ms: The same for ROUTINE.
        line_check_ms: Between two line checks by people.
        line_check_answer_ms: A line check is late when unanswered after this.
        line_check_unanswered_ms: The line is UNANSWERED after this.
        completion_report_ms: A report of completion is due after the window.
    """

    tick_ms: int = 10 * SECOND_MS
    ticks_missed_degraded: int = 3
    ticks_missed_lost: int = 6
    clock_tolerance_ms: int = 2 * SECOND_MS
    clock_alarm_ms: int = 30 * SECOND_MS
    imminent_ms: int = 5 * MINUTE_MS
    receipt_flash_ms: int = MINUTE_MS
    receipt_routine_ms: int = 10 * MINUTE_MS
    read_flash_ms: int = 2 * MINUTE_MS
    read_immediate_ms: int = 10 * MINUTE_MS
    read_priority_ms: int = HOUR_MS
    read_routine_ms: int = 6 * HOUR_MS
    answer_flash_ms: int = 5 * MINUTE_MS
    answer_immediate_ms: int = 30 * MINUTE_MS
    answer_priority_ms: int = 3 * HOUR_MS
    answer_routine_ms: int = 2 * DAY_MS
    line_check_ms: int = 4 * HOUR_MS
    line_check_answer_ms: int = 5 * MINUTE_MS
    line_check_unanswered_ms: int = 30 * MINUTE_MS
    completion_report_ms: int = 30 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the parties to one line agree on.

    Attributes:
        line: The line's name.
        version: 1 at first, one more with each amendment.
        template: From which template it was made; tells which values are defaults.
        parties: Two to 32, in order of their names.
        scopes: Subjects that can be suspended alone, in order.
        languages: The languages of structured text, the common one first.
        timers: Times and counts.
        separations: Minima in order of their kinds; (any, any) is among them.
        lead_times: In order of their categories; `any` is among them.
        reference_points: In order of their names, perhaps none.
        area: Rings of vertices (lat_e7, lon_e7); empty where it is not bounded.
        outside_witnesses: In order of their names, perhaps none.
        notices_live_max: Live notices that one party may have.
        code_book: SHA-256 of the agreed code book, if there is one.
        text: The agreed words, perhaps none.
        agreed_atmosphere: Bounds of the air, if they agreed on any; what holds is
            `atmosphere`.
        agreed_released_by_two: Kinds of messages that a second person releases, in
            small letters and in order; what holds is `released_by_two`.
        check_schedule: When line checks are made; None for `line_check` after the last one.
    """

    line: str
    version: int
    template: str
    parties: tuple[PartyTerms, ...]
    scopes: tuple[str, ...]
    languages: tuple[str, ...]
    timers: Timers
    separations: tuple[Separation, ...]
    lead_times: tuple[LeadTime, ...]
    reference_points: tuple[ReferencePoint, ...] = ()
    area: tuple[tuple[tuple[int, int], ...], ...] = ()
    outside_witnesses: tuple[OutsideWitness, ...] = ()
    notices_live_max: int = 1_000
    code_book: bytes | None = None
    text: str = ""
    agreed_atmosphere: Atmosphere | None = None
    agreed_released_by_two: tuple[str, ...] | None = None
    check_schedule: CheckSchedule | None = None

    @property
    def released_by_two(self) -> tuple[str, ...]:
        """Kinds of messages that a second person releases."""
        if self.agreed_released_by_two is None:
            return RELEASED_BY_TWO_DEFAULT
        return self.agreed_released_by_two

    @property
    def atmosphere(self) -> Atmosphere:
        """The bounds of the air for bands with different references."""
        return self.agreed_atmosphere or ANY_WEATHER

    def names(self) -> tuple[str, ...]:
        """The parties' names in order."""
        return tuple(party.name for party in self.parties)

    def party(self, name: str) -> PartyTerms:
        """The terms of one party.

        Raises:
            KeyError: It is no party to this line.
        """
        for party in self.parties:
            if party.name == name:
                return party
        raise KeyError(name)

    def separation(self, kind_a: str, kind_b: str) -> Separation:
        """The minima for two kinds in either order: their own, or those for any."""
        by_kinds = {entry.kinds: entry for entry in self.separations}
        first, second = sorted((kind_a, kind_b))
        return by_kinds.get((first, second)) or by_kinds[ANY, ANY]

    def lead_time_min(self, category: str) -> int:
        """The least lead time of a category, in milliseconds."""
        by_category = {entry.category: entry.minimum_ms for entry in self.lead_times}
        return by_category.get(category, by_category[ANY])


# The tables: key, attribute, form, and the name in TOML and JSON where it differs.

KEYS = Record(
    PublicKeys,
    (Field(1, "ed25519", Blob(32, 32)), Field(2, "mldsa44", Blob(1312, 1312))),
)
ROOTS = Items(Blob(32, 32), ROOTS_MAX, least=1, rank=bytes)
CERTIFICATE = Blob(1, CERTIFICATE_SIZE_BYTES_MAX)
_LANGUAGES = Items(LANGUAGE, LANGUAGES_MAX, least=1)

_POST = Record(
    Post,
    (Field(1, "name", NAME), Field(2, "tier", Whole(1, 4)), Field(3, "hours", LABEL)),
)

_PARTY = Record(
    PartyTerms,
    (
        Field(1, "name", NEEDED_LABEL),
        Field(2, "titles", Titles()),
        Field(3, "roots", ROOTS),
        Field(4, "threshold", Whole(1, ROOTS_MAX)),
        Field(5, "node", KEYS),
        Field(6, "witness", KEYS),
        Field(7, "mirror", KEYS),
        Field(8, "tls", CERTIFICATE),
        Field(9, "languages", _LANGUAGES),
        Field(10, "posts", Items(_POST, POSTS_MAX, least=1, rank=lambda post: post.name)),
    ),
)

_TIMERS = Record(
    Timers,
    (
        Field(1, "tick_ms", DURATION, "tick"),
        Field(2, "ticks_missed_degraded", Whole(1, 1_000)),
        Field(3, "ticks_missed_lost", Whole(1, 1_000)),
        Field(4, "clock_tolerance_ms", DURATION, "clock_tolerance"),
        Field(5, "clock_alarm_ms", DURATION, "clock_alarm"),
        Field(6, "imminent_ms", DURATION, "imminent"),
        Field(7, "receipt_flash_ms", DURATION, "receipt_flash"),
        Field(8, "receipt_routine_ms", DURATION, "receipt_routine"),
        Field(9, "read_flash_ms", DURATION, "read_flash"),
        Field(10, "read_immediate_ms", DURATION, "read_immediate"),
        Field(11, "read_priority_ms", DURATION, "read_priority"),
        Field(12, "read_routine_ms", DURATION, "read_routine"),
        Field(13, "answer_flash_ms", DURATION, "answer_flash"),
        Field(14, "answer_immediate_ms", DURATION, "answer_immediate"),
        Field(15, "answer_priority_ms", DURATION, "answer_priority"),
        Field(16, "answer_routine_ms", DURATION, "answer_routine"),
        Field(17, "line_check_ms", DURATION, "line_check"),
        Field(18, "line_check_answer_ms", DURATION, "line_check_answer"),
        Field(19, "line_check_unanswered_ms", DURATION, "line_check_unanswered"),
        Field(20, "completion_report_ms", DURATION, "completion_report"),
    ),
)

_SEPARATION = Record(
    Separation,
    (
        Field(1, "kinds", Items(NAME, 2, 2)),
        Field(2, "lateral_m", Quantity(METRES, LATERAL_MINIMUM_M_MAX), "lateral"),
        Field(3, "vertical_dm", HEIGHT, "vertical"),
        Field(4, "time_ms", DURATION, "time"),
    ),
)

_LEAD_TIME = Record(
    LeadTime,
    (Field(1, "category", NAME), Field(2, "minimum_ms", DURATION, "minimum")),
)


class _ReferencePointForm(Record):
    """A reference point, whose position may be written in decimal degrees."""

    def prepared(self, json: Json, path: str) -> Json:
        """With `lat_e7` and `lon_e7`."""
        return with_e7(json, path)


_REFERENCE_POINT = _ReferencePointForm(
    ReferencePoint,
    (
        Field(1, "name", NAME),
        Field(2, "titles", Titles()),
        Field(3, "lat_e7", Whole(-900_000_000, 900_000_000)),
        Field(4, "lon_e7", Whole(-1_800_000_000, 1_800_000_000)),
    ),
)

_OUTSIDE_WITNESS = Record(
    OutsideWitness,
    (
        Field(1, "name", NEEDED_LABEL),
        Field(2, "vkeys", Items(Text(2_000, is_needed=True), 4, 1, rank=str)),
    ),
)

_ATMOSPHERE = Record(
    Atmosphere,
    (
        Field(1, "qnh_min_hpa", Whole(QNH_HPA_MIN, QNH_HPA_MAX)),
        Field(2, "qnh_max_hpa", Whole(QNH_HPA_MIN, QNH_HPA_MAX)),
        Field(3, "temperature_k", Whole(0, TEMPERATURE_K_MAX)),
    ),
)

_RING = Items(POINT, VERTICES_MAX, least=3)

_UNDERSTANDING = Record(
    Understanding,
    (
        Field(1, "line", NEEDED_LABEL),
        Field(2, "version", Whole(1, 1_000_000)),
        Field(3, "template", NAME),
        Field(4, "parties", Items(_PARTY, PARTIES_MAX, 2, rank=lambda party: party.name)),
        Field(5, "scopes", Items(NAME, SCOPES_MAX, 1, rank=str)),
        Field(6, "languages", _LANGUAGES),
        Field(7, "timers", _TIMERS),
        Field(8, "separations", Items(_SEPARATION, SEPARATIONS_MAX, 1, rank=lambda s: s.kinds)),
        Field(9, "lead_times", Items(_LEAD_TIME, LEAD_TIMES_MAX, 1, rank=lambda t: t.category)),
        Field(
            10,
            "reference_points",
            Items(_REFERENCE_POINT, REFERENCE_POINTS_MAX, rank=lambda point: point.name),
        ),
        Field(11, "area", Items(_RING, AREA_RINGS_MAX)),
        Field(
            12,
            "outside_witnesses",
            Items(_OUTSIDE_WITNESS, OUTSIDE_WITNESSES_MAX, rank=lambda witness: witness.name),
        ),
        Field(13, "notices_live_max", Whole(1, LIVE_NOTICES_MAX)),
        Field(14, "code_book", Blob(32, 32), is_optional=True),
        Field(15, "text", Text(AGREED_TEXT_CHARS_MAX, rows=True)),
        Field(16, "agreed_atmosphere", _ATMOSPHERE, "atmosphere", is_optional=True),
        Field(17, "check_schedule", CHECK_SCHEDULE, is_optional=True),
        Field(
            20,
            "agreed_released_by_two",
            Items(NAME, len(RELEASABLE), rank=str),
            "released_by_two",
            is_optional=True,
        ),
    ),
)


def to_value(understanding: Understanding) -> dict[int, Value]:
    """The value that is signed: the table's keys, and the format under key 0."""
    return {0: FORMAT, **_UNDERSTANDING.to_value(understanding)}


def from_value(value: Value) -> Understanding:
    """The Understanding of a signed value; `Fault` if it is none or not sound."""
    if not isinstance(value, dict):
        raise Fault("", "is not a map")
    if type(value.get(0)) is not int or value[0] != FORMAT:
        raise Fault("", f"has another format than {FORMAT}, which is all this program knows")
    rest = {key: held for key, held in value.items() if key != 0}
    understanding: Understanding = _UNDERSTANDING.from_value(rest, "")
    return _sound(understanding)


def to_json(understanding: Understanding) -> dict[str, Any]:
    """The Understanding as an object for people and programs; nothing is lost."""
    return _UNDERSTANDING.to_json(understanding)


def from_json(json: Json) -> Understanding:
    """The Understanding that a person wrote; `Fault` if it is none or not sound."""
    understanding: Understanding = _UNDERSTANDING.from_json(json, "")
    return _sound(understanding)


def timers_json(timers: Timers) -> dict[str, str | int]:
    """Timers as they stand in the object."""
    return _TIMERS.to_json(timers)


def entry_json(name: str, entry: Separation | LeadTime) -> dict[str, Any]:
    """One entry of `separations` or `lead_times` as it stands in the object."""
    return (_SEPARATION if name == "separations" else _LEAD_TIME).to_json(entry)


def doubts(understanding: Understanding) -> Iterator[Fault]:
    """Texts in it that could mislead a reader."""
    return _UNDERSTANDING.doubts(understanding, "")


def check_keys(
    path: str, party: str, keys: dict[str, PublicKeys], roots: tuple[bytes, ...]
) -> None:
    """Check that every key of a party is fit and serves one purpose.

    Args:
        path: Where the keys stand, for the fault.
        party: Whose they are.
        keys: By role.
        roots: The root keys.

    Raises:
        Fault: A key is unfit, or used twice.
    """
    seen: dict[bytes, str] = {}
    uses = [("roots", root) for root in roots]
    uses += [(role, pair.ed25519) for role, pair in keys.items()]
    uses += [(role, pair.mldsa44) for role, pair in keys.items()]
    for use, key in uses:
        if key in seen:
            raise Fault(f"{path}{use}", f"of {party} uses the key that serves as {seen[key]}")
        seen[key] = use
    try:
        for root in roots:
            check_ed25519_public(root)
        for pair in keys.values():
            check_public_keys(pair)
    except OurError as error:
        raise Fault(f"{path}roots", f"or keys of {party}: {error.what}", error.remedy) from None


def _sound(understanding: Understanding) -> Understanding:
    """The Understanding itself; `Fault` where its parts do not fit each other.

    A fault names an entry by its name, for the order is no longer the writer's.
    """
    if not is_line_name(understanding.line):
        raise Fault("line", f"is not a line name: {understanding.line!r}")
    for party in understanding.parties:
        _check_party(f"parties[{party.name}].", party)
    _check_distinct(understanding.parties, understanding.outside_witnesses)
    _check_languages("languages", understanding.languages)
    _check_separations(understanding.separations)
    if ANY not in (entry.category for entry in understanding.lead_times):
        raise Fault("lead_times", f"has no entry for the category {ANY!r}")
    timers = understanding.timers
    if not timers.tick_ms:
        raise Fault("timers.tick", "is zero")
    if timers.ticks_missed_degraded > timers.ticks_missed_lost:
        raise Fault("timers.ticks_missed_lost", "is less than ticks_missed_degraded")
    air = understanding.agreed_atmosphere
    if air is not None and air.qnh_min_hpa > air.qnh_max_hpa:
        remedy = "Write the lowest QNH as qnh_min_hpa, the highest as qnh_max_hpa."
        raise Fault("atmosphere.qnh_max_hpa", "is less than qnh_min_hpa", remedy)
    _check_released_by_two(understanding.released_by_two)
    if understanding.check_schedule is not None:
        for fault in schedule_faults(understanding.check_schedule):
            raise fault
    return understanding


def _check_released_by_two(kinds: tuple[str, ...]) -> None:
    known = [kind.name.lower() for kind in RELEASABLE]
    for name in kinds:
        if name not in known:
            raise Fault("released_by_two", f"names {name!r}", f"Name some of {', '.join(known)}.")
    if "declaration" not in kinds:
        what = "leaves out 'declaration', which always names two persons"
        raise Fault("released_by_two", what, "Name it as well.")


def _check_distinct(parties: tuple[PartyTerms, ...], witnesses: tuple[OutsideWitness, ...]) -> None:
    """No key or certificate serves two owners: neither could say who signed."""
    owners: dict[bytes, str] = {}
    used: list[tuple[str, str, bytes]] = []
    for party in parties:
        pairs = (party.node, party.witness, party.mirror)
        keys = [*party.roots, party.tls, *(half.ed25519 for half in pairs)]
        keys += [half.mldsa44 for half in pairs]
        used += [(f"parties[{party.name}]", party.name, key) for key in keys]
    for witness in witnesses:
        path = f"outside_witnesses[{witness.name}]"
        used += [(path, witness.name, key.public) for key in _cosigner_keys(path, witness)]
    for path, name, key in used:
        owner = owners.setdefault(key, name)
        if owner != name:
            remedy = "Each party makes its own keys: ask both for their cards again."
            raise Fault(path, f"has a key that serves {owner} as well", remedy)


def _cosigner_keys(path: str, witness: OutsideWitness) -> tuple[VerifierKey, ...]:
    """The keys of an outside witness, all of them fit to cosign under its name."""
    try:
        keys = witness.verifier_keys()
    except TheirError as error:
        raise Fault(f"{path}.vkeys", f"cannot be used: {error.what.rstrip('.')}") from None
    for key in keys:
        if key.name != witness.name or key.type is SignatureType.ED25519:
            what = f"holds no cosigner's key of that name: {key.format()[:60]!r}"
            raise Fault(f"{path}.vkeys", what, "Ask the witness for its keys of type 4 or 6.")
    return keys


def _check_party(path: str, party: PartyTerms) -> None:
    if not is_party_name(party.name):
        raise Fault(f"{path}name", f"is not a party name: {party.name!r}")
    if party.threshold > len(party.roots):
        raise Fault(f"{path}threshold", f"is more than the {len(party.roots)} root keys")
    _check_languages(f"{path}languages", party.languages)
    roles = {"node": party.node, "witness": party.witness, "mirror": party.mirror}
    check_keys(path, party.name, roles, party.roots)


def _check_languages(path: str, languages: tuple[str, ...]) -> None:
    if len(set(languages)) != len(languages):
        raise Fault(path, "names a language twice")


def _check_separations(separations: tuple[Separation, ...]) -> None:
    for entry in separations:
        first, second = sorted(entry.kinds)
        if (first, second) != entry.kinds:
            path = f"separations[{', '.join(entry.kinds)}].kinds"
            remedy = f"Write {first!r} before {second!r}."
            raise Fault(path, "are not in alphabetical order", remedy)
        if ANY in entry.kinds and entry.kinds != (ANY, ANY):
            path = f"separations[{', '.join(entry.kinds)}].kinds"
            raise Fault(path, f"name {ANY!r} beside a kind", f"Write {ANY!r} twice, or not at all.")
    if (ANY, ANY) not in (entry.kinds for entry in separations):
        raise Fault("separations", f"has no entry for the kinds {ANY!r} and {ANY!r}")

"""Examples of sites, zones and movements for the OpenAPI document."""

from typing import Any, Final

from openline.faces.api import place_answers as answers

ALPHA: Final = "alpha.example"
BRAVO: Final = "bravo.example"

_AT: Final = 1_491_525_600_000
_BY: Final = {"post": "watch", "officer": "Capt. Smith"}
_HASH: Final = "2c5215542e859c018936e2969015afd6c8389502f2eb76ca74f0e160b8f62883"

SITE_FIELDS: Final[dict[str, Any]] = {
    "site_id": "ALPHA-S-0001",
    "names": {"ar": "مستشفى شعيرات", "en": "Shayrat hospital"},
    "kind": "presence",
    "function": "hospital",
    "position": {"lat": "34.5050", "lon": "36.8700"},
    "radius_m": 400,
    "protected": True,
    "verification": {"who": "Liaison team", "how": "visit", "at": "2017-04-01T09:00:00Z"},
}
_AREA: Final[dict[str, Any]] = {
    "shape": "CORRIDOR",
    "vertices": [{"lat": "35.33", "lon": "40.17"}, {"lat": "35.08", "lon": "40.43"}],
    "radius": "2 km",
}
ZONE_FIELDS: Final[dict[str, Any]] = {
    "zone_id": "ALPHA-Z-0001",
    "operation": "DECLARE",
    "rule": "PRIOR_CONTACT",
    "name": "Euphrates south",
    "volumes": [_AREA],
    "text": "Call the watch officer before the river is crossed.",
    "valid_until": "2017-05-07T00:00:00Z",
}
MOVEMENT_FIELDS: Final[dict[str, Any]] = {
    "movement_id": "ALPHA-M-0001",
    "route": [
        {"position": {"lat": "34.7", "lon": "36.7"},
         "arrives_at": "070600ZAPR17", "leaves_at": "070600ZAPR17", "name": "Homs"},
        {"position": {"lat": "35.1", "lon": "36.7"},
         "arrives_at": "070730ZAPR17", "leaves_at": "070730ZAPR17", "name": "Hama"},
    ],
    "vehicles": [{"kind": "lorry", "plate": "A-117", "marking": "UN", "roof_marking": "UN"}],
    "people": 14,
    "speaks_for": "PARTNER",
    "third_party": "An aid agency.",
}  # fmt: skip

SAYINGS: Final[dict[str, dict[str, Any]]] = {
    "SITE": {"by": _BY, "operation": "ADD", "sites": [SITE_FIELDS]},
    "ZONE": {"by": _BY, **ZONE_FIELDS},
    "MOVEMENT": {"by": _BY, **MOVEMENT_FIELDS},
}
"""The fields of one request for each kind."""

SITE: Final = answers.Site(
    party=ALPHA,
    site_id="ALPHA-S-0001",
    position=1,
    version=1,
    serial="ALPHA-0014",
    index=14,
    state="LISTED",
    is_removed=False,
    is_checked=True,
    name="Shayrat hospital",
    kind="presence",
    function="hospital",
    is_protected=True,
    is_verified=True,
    exercise=False,
    listed_at=_AT,
    valid_until=_AT + 7_776_000_000,
    remarks=[],
    doubts=[],
    flags=[],
    content=SITE_FIELDS,
    conflicts=[f"{ALPHA}~site/ALPHA-S-0001~{BRAVO}~BRAVO-0001"],
)
SITES: Final = answers.Sites([SITE], more=0)
ZONE: Final = answers.Zone(
    party=ALPHA,
    zone_id="ALPHA-Z-0001",
    position=1,
    version=1,
    serial="ALPHA-0015",
    index=15,
    state="AGREED",
    is_checked=True,
    rule="PRIOR_CONTACT",
    name="Euphrates south",
    is_unilateral=True,
    agreed_by={BRAVO: _AT + 600_000},
    hash=_HASH,
    counts_from=_AT + 600_000,
    version_counting=1,
    valid_until=_AT + 2_592_000_000,
    ends_at=253_402_300_799_999,
    applies_to=[],
    exercise=False,
    remarks=[],
    flags=[],
    content=ZONE_FIELDS,
    conflicts=[f"{ALPHA}~zone/ALPHA-Z-0001/1~{BRAVO}~movement/BRAVO-M-0001"],
)
ZONES: Final = answers.Zones([ZONE], more=0)
MOVEMENT: Final = answers.Movement(
    party=ALPHA,
    movement_id="ALPHA-M-0001",
    notice_id="movement/ALPHA-M-0001",
    position=1,
    version=1,
    operation="NEW",
    serial="ALPHA-0016",
    index=16,
    is_live=True,
    state="READ",
    states={BRAVO: "READ"},
    category="movement",
    kind="ground",
    scope="ground_movement",
    exercise=False,
    valid_from=_AT + 19_500_000,
    valid_until=_AT + 26_700_000,
    lead_time_ms=19_499_600,
    lead_class="SHORT_NOTICE",
    responses=[],
    earlier_answers=[],
    flags=[],
    versions=[],
    content=MOVEMENT_FIELDS,
    conflicts=[],
)
PLACES: Final = answers.ReferencePoints(
    [
        answers.ReferencePoint(
            name="shayrat",
            titles={"en": "Shayrat air base", "ru": "авиабаза Шайрат"},
            lat_e7=344_903_000,
            lon_e7=369_090_000,
        )
    ]
)
MOVEMENTS: Final = answers.Movements([MOVEMENT], more=0)
DRAFTS: Final = answers.ViolationDrafts(
    [
        answers.ViolationDraft(
            id=f"{ALPHA}~zone/ALPHA-Z-0001/1~{BRAVO}~movement/BRAVO-M-0001~{_AT + 3_600_000}",
            party=BRAVO,
            article="zone ALPHA-Z-0001, version 1: PRIOR_CONTACT",
            zone_id="ALPHA-Z-0001",
            zone_version=1,
            agreed=True,
            notice_id="movement/BRAVO-M-0001",
            conflict=f"{ALPHA}~zone/ALPHA-Z-0001/1~{BRAVO}~movement/BRAVO-M-0001",
            exercise=False,
            entered_at=_AT + 3_600_000,
            no_contact_since=_AT - 82_800_000,
            place={"lat_e7": 352_100_000, "lon_e7": 403_000_000},
            evidence=[
                answers.Evidence(ALPHA, 15, "ALPHA-0015"),
                answers.Evidence(BRAVO, 22, "BRAVO-0022"),
            ],
            words="CONFLICT: 0 m apart on the map, bands not apart, both in force.",
        )
    ]
)

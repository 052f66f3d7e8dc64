"""Examples for the OpenAPI document; tests send and decode every one of them.

All follow one story: Alpha announces a strike on Shayrat airfield, Bravo has
people nearby. Times are those of 7 April 2017; nothing here was ever said.
"""

from typing import Any, Final

import msgspec
from litestar.openapi.spec import Example

from openline.faces.api import answers, place_examples

LINE: Final = "syria-air"
ALPHA: Final = "alpha.example"
BRAVO: Final = "bravo.example"

_SAID_AT: Final = 1_491_525_600_000
_RECEIPT_AT: Final = 1_491_525_600_400
_READ_AT: Final = 1_491_525_660_000
_FROM: Final = 1_491_529_200_000
_UNTIL: Final = 1_491_534_000_000
_BY: Final = {"post": "watch", "officer": "Capt. Smith"}
_OF: Final = {"party": BRAVO, "index": 7}
_HASH: Final = "2c5215542e859c018936e2969015afd6c8389502f2eb76ca74f0e160b8f62883"

NOTICE_FIELDS: Final[dict[str, Any]] = {
    "by": _BY,
    "category": "strike",
    "kind": "missile",
    "activity": "Strike on an air base.",
    "volumes": [
        {
            "shape": "CIRCLE",
            "vertices": [{"lat": "34.4900", "lon": "36.9090"}],
            "radius": "9 km",
            "upper": "FL100",
            "valid_from": "070140ZAPR17",
            "valid_until": "2017-04-07T03:00:00Z",
        }
    ],
    "place": {"words": "at Shayrat airfield"},
    "language": "en",
}


CONTACT_FIELDS: Final[dict[str, Any]] = {
    "by": _BY,
    "tier": 2,
    "subject": "Flights over Shayrat",
    "times": ["2017-04-07T08:00:00Z"],
    "persons": ["Gen. Ivanov"],
    "medium": "VOICE",
    "readout_mode": "JOINT",
}


def _sayings() -> list[Example]:
    """One request for each kind that is said."""
    fields: dict[str, dict[str, Any]] = {
        "TEXT": {"by": _BY, "language": "en", "text": "Are these yours?"},
        "NOTICE": NOTICE_FIELDS,
        "READ": {"by": _BY, "of": _OF},
        "READ_BACK": {
            "by": _BY,
            "of": _OF,
            "verdict": "I_READ_BACK",
            "digest": "Circle 9 km at Shayrat airfield, surface to FL100, 0140Z to 0300Z.",
        },
        "RESPONSE": {"by": _BY, "of": _OF, "answer": "NOTED"},
        "LINE_CHECK": {"by": _BY, "text": "The quick brown fox."},
        "LINE_CHECK_REPLY": {"by": _BY, "number": 1, "readability": 5},
        "DECLARATION": {
            "by": _BY,
            "released_by": {"post": "commander", "officer": "Gen. Jones"},
            "scopes": ["air_safety"],
            "status": "SUSPENDED",
            "effective_at": "080000ZAPR17",
            "reason": "A strike on an air base.",
        },
        "SERVICE": {
            "by": _BY,
            "circuit": "primary",
            "occasion": "MAINTENANCE",
            "valid_from": "080600ZAPR17",
            "valid_until": "080800ZAPR17",
            "fallback": "secondary",
        },
        "RESUMPTION_OFFER": {
            "by": {"post": "commander", "officer": "Gen. Jones"},
            "scopes": ["air_safety"],
            "proposed_at": "150000ZAPR17",
            "text": "We propose to resume after an inquiry.",
        },
        "QUERY": {
            "by": _BY,
            "question": "ARE_THESE_YOURS",
            "objects": [{"what": "trucks and two tanks", "count": 8, "course_deg": 95}],
            "place": "5 km east of Khasham",
            "intention": "We strike them if nobody says that they are theirs.",
            "decision_at": "2017-04-07T00:50:00Z",
        },
        "ANSWER": {
            "by": _BY,
            "of": _OF,
            "code": "NOT_OURS",
            "speaks_for": ["OWN"],
            "valid_until": "2017-04-07T03:00:00Z",
            "basis": "The operations centre.",
        },
        "WARNING": {
            "by": _BY,
            "action": "CEASE",
            "what": "You are striking our people.",
            "place": "2 km west of Shayrat airfield",
        },
        "EXPLANATION": {"by": _BY, "concern": "Troops near the line since Monday."},
        "CORRECTION": {
            "by": _BY,
            "of": {"party": ALPHA, "index": 12},
            "field": "contact",
            "old": "desk 4",
            "new": "desk 5",
            "cause": "Misread.",
        },
        "QUERY_ACK": {"by": _BY, "of": {"party": ALPHA, "index": 12}},
        "PASSED_ON": {
            "by": _BY,
            "of": _OF,
            "level": "UNIT",
            "passed_at": "2017-04-07T00:45:00Z",
            "to": "air defence battery at Shayrat",
        },
        "TRACK": {
            "by": _BY,
            "track": "RFF7033",
            "what": "aircraft",
            "seen_at": "2017-04-07T00:40:00Z",
            "position": {"lat": "34.7900", "lon": "36.9000"},
            "altitude": "FL300",
            "course_deg": 84,
            "speed_kt": 450,
            "claim": "UNKNOWN",
            "belief": "GOOD",
        },
        "CODED": {"by": _BY, "number": 2, "slots": [{"words": "2 km west of Shayrat airfield"}]},
        "TRANSLATION": {
            "by": _BY,
            "of": _OF,
            "language": "ru",
            "text": "Это ваши?",
            "translator": "Lt. Petrova",
        },
        "INCIDENT": {
            "by": _BY,
            "stage": "FIRST",
            "sort": "STRIKE",
            "happened_at": "2017-04-07T00:40:00Z",
            "place": "2 km west of Shayrat airfield",
            "facts": "Two bombs fell among our observers.",
            "assessment": "A wrong grid.",
            "evidence": [{"sha256": "5b" * 32, "size_bytes": 4096, "what": "gun camera"}],
            "about": [_OF],
        },
        "INQUIRY": {
            "by": _BY,
            "incident": "ALPHA-I-0001",
            "act": "OPEN",
            "mode": "JOINT",
            "lead": "The inspector general.",
        },
        "VIOLATION": {
            "by": _BY,
            "act": "ALLEGE",
            "articles": ["Annex B, article 3"],
            "happened_at": "2017-04-07T00:40:00Z",
            "zone": "AT-TANF",
            "text": "Six vehicles entered without a call.",
        },
        "PROTEST": {
            "by": _BY,
            "paper": "PROTEST",
            "text": "We demand that such flights cease.",
            "also_by": "the attaché in Geneva",
        },
        **place_examples.SAYINGS,
        "CONTACT": CONTACT_FIELDS,
        "CONTACT_REPLY": {
            "by": _BY,
            "of": _OF,
            "answer": "COUNTER",
            "times": ["2017-04-07T09:00:00Z"],
            "text": "The commander is in the air until then.",
        },
        "CALL_RECORD": {
            "by": _BY,
            "of": _OF,
            "call_id": "ALPHA-0016 070800Z",
            "started_at": "2017-04-07T08:00:00Z",
            "ended_at": "2017-04-07T08:20:00Z",
            "initiator": ALPHA,
            "persons": [
                {"party": ALPHA, "name": "Gen. Jones, commander"},
                {"party": BRAVO, "name": "Gen. Ivanov, commander"},
            ],
            "authenticated": "CHALLENGE_WORDS",
            "points": ["Flights over Shayrat are announced an hour ahead."],
            "actions": [
                {"party": BRAVO, "what": "Names the crews.", "due_at": "2017-04-08T08:00:00Z"}
            ],
        },
        "READOUT": {
            "by": {"post": "commander", "officer": "Gen. Jones"},
            "step": "PROPOSE",
            "of": _OF,
            "mode": "JOINT",
            "initiated_by": ALPHA,
            "texts": [{"language": "en", "text": "The commanders spoke about air safety."}],
        },
        "WATCH": {
            "by": _BY,
            "change": "OPENED",
            "post": "watch",
            "officer": "Capt. Smith",
            "since": "2017-04-07T00:00:00Z",
            "planned_until": "2017-04-07T08:00:00Z",
            "languages": ["ru"],
        },
        "ESCALATION": {
            "by": _BY,
            "of": _OF,
            "change": "ESCALATED",
            "tier": 2,
            "why": "The time of decision is near, and nobody has answered.",
            "deadline": "2017-04-07T01:10:00Z",
        },
        "RING": {
            "by": _BY,
            "post": "watch",
            "subject": "Flights over Shayrat",
            "scope": "air_safety",
            "about": _OF,
        },
        "CALL": {
            "by": _BY,
            "of": _OF,
            "step": "DECLINE",
            "text": "The watch is being handed over; ring again at 0815Z.",
        },
        "VOICE_NOTE": {
            "by": _BY,
            "spoken_in": "en",
            "packets": ["+P/+", "+P/+"],
            "about": _OF,
            "text": "Two aircraft over Shayrat. Are these yours?",
        },
    }
    urgent = {
        "NOTICE": "FLASH",
        "DECLARATION": "IMMEDIATE",
        "RESUMPTION_OFFER": "IMMEDIATE",
        "QUERY": "FLASH",
        "ANSWER": "FLASH",
        "WARNING": "FLASH",
        "EXPLANATION": "PRIORITY",
        "CODED": "FLASH",
        "INCIDENT": "IMMEDIATE",
        "INQUIRY": "PRIORITY",
        "VIOLATION": "PRIORITY",
        "PROTEST": "PRIORITY",
        "CONTACT": "PRIORITY",
        "CONTACT_REPLY": "PRIORITY",
        "ESCALATION": "IMMEDIATE",
        "RING": "IMMEDIATE",
        "CALL": "IMMEDIATE",
        "VOICE_NOTE": "IMMEDIATE",
    }
    return [
        Example(
            summary=kind,
            value={"kind": kind, "fields": said, "precedence": urgent.get(kind, "ROUTINE")},
        )
        for kind, said in fields.items()
    ]


SAYINGS: Final = _sayings()
CHECKS: Final = [Example(summary="A notice", value={"fields": NOTICE_FIELDS})]
ORDERS: Final = [
    Example(
        summary="Who said it, and when",
        value={"kind": "message", "parameters": {"party": ALPHA, "index": 12}},
    ),
    Example(
        summary="Nothing was said",
        value={
            "kind": "non-use",
            "parameters": {"party": BRAVO, "from": _FROM, "until": _UNTIL},
        },
    ),
]

ALARM: Final = answers.Alarm(
    id=f"FLASH/{BRAVO}/1/7",
    name="FLASH",
    precedence="FLASH",
    at=_RECEIPT_AT,
    facts={"party": BRAVO, "index": 7, "serial": "BRAVO-0007", "kind": "TEXT"},
    over_at=None,
    acknowledged=None,
    said=(
        f"{BRAVO} has sent BRAVO-0007 with the precedence FLASH. Read it, read it back and answer "
        "it now."
    ),
)

LINE_STATE: Final = answers.LineState(
    line=LINE,
    understanding=_HASH,
    version=1,
    observed="UP",
    declared={
        ALPHA: {"air_safety": "IN_FORCE", "humanitarian": "IN_FORCE"},
        BRAVO: {"air_safety": "IN_FORCE", "humanitarian": "IN_FORCE"},
    },
    displayed={
        "word": "ACTIVE",
        "said": "ACTIVE",
        "sentence": (
            f"Last tick 3 s ago; line check answered 070000ZAPR17 by {BRAVO}; all scopes in force "
            "by both."
        ),
    },
    counterparts=[
        answers.Counterpart(
            party=BRAVO,
            circuits=[answers.Circuit("primary", "UP", True, _READ_AT)],
            two_way_age_ms=3_200,
            says="UP",
            clock_offset_ms=-14,
            clock="OK",
            round_trip_ms=42,
            held=8,
            receipted=13,
            not_receipted=0,
            is_reconciled=True,
            is_forked=False,
            evidence=[],
            difference=[],
            journal_cosigned=41,
        )
    ],
    out_size=13,
    held={BRAVO: 8},
    can_sign=True,
    waiting_for=[],
    broken="",
    keys={
        "mirror": "8f0d3f1a52c6e07b",
        "node": "757eb1744370fe89",
        "tls": "1433d5a84d58ddb9",
        "witness": "0f31df66e6a2b10f",
    },
    alarms=[ALARM],
    outbox=f"{ALPHA}/{LINE}/out",
    next_epoch=answers.NextEpoch(f"{ALPHA}/{LINE}/out/2", 13, "a3" * 32, _HASH),
)

STATE_THEN: Final = answers.StateThen(
    line=LINE,
    at=_SAID_AT,
    declared=LINE_STATE.declared,
    answered={BRAVO: "ANSWERED"},
    observed={ALPHA: ["UP"], BRAVO: ["UP"]},
    word="ACTIVE",
)
_COUNTS: Final[dict[str, Any]] = {
    "messages": {"ROUTINE": {"TEXT": 3}},
    "notices": {"strike": {"NORMAL": 1}},
    "checks": {BRAVO: {"sent": 6, "answered_in_time": 5, "late": 1, "missed": 0}},
    "read": {},
    "answered": {},
    "held": 10,
}
CHECK_PROPOSED: Final = answers.CheckProposed(
    2,
    "The lighthouse is white.",
    "en",
    [
        {
            "language": "ru",
            "text": "Маяк белый.",
            "translator": "Openline",
            "certified_by": "",
        }
    ],
)
STATISTICS: Final = answers.Statistics(
    statement={
        "line": LINE,
        "from": _SAID_AT,
        "until": _READ_AT,
        "version": 1,
        "parties": {ALPHA: _COUNTS},
    },
    sha256=_HASH,
)
LOGS: Final = answers.Logs(
    [
        answers.ShownLog(
            origin=f"{ALPHA}/{LINE}/out",
            party=ALPHA,
            epoch=1,
            size=1,
            checkpoint=(
                f"{ALPHA}/{LINE}/out\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n\n"
                f"\u2014 {ALPHA}/{LINE}/out X6XmW3neN4Z3+o1gsGurlcGNfXXkEl5fg9v2YtnI2llgdOamT1rp"
                "s7ZD5k1+zn2uHbpDLkTRXLtMvmDHv0o/y24PiAA=\n"
            ),
            keys=[f"{ALPHA}/{LINE}/out+5fa5e65b+AQ…"],
        )
    ]
)
STATUS: Final = answers.Status(ALPHA, "0.1.0", _SAID_AT - 86_400_000, _READ_AT, [LINE_STATE])
LINES: Final = answers.Lines([LINE_STATE])
ALARMS: Final = answers.Alarms([ALARM])
DONE: Final = answers.Done(is_done=True)
COPIED: Final = answers.StoreCopied(
    "/srv/openline/alpha/store.sqlite.copy-5e1f0c6a90b2d347",
    _SAID_AT,
    {"statements.sqlite": "/srv/openline/alpha/statements.sqlite.copy-90b2d3475e1f0c6a"},
)
ADOPTED: Final = answers.Adopted(is_done=True, line=LINE, understanding=_HASH)
IMPORTED: Final = answers.Imported(True, BRAVO, 3, 2, [])
TERMS: Final = answers.Terms(
    LINE,
    1,
    _HASH,
    'line = "syria-air"\nversion = 1\n',
    {"line": "syria-air", "version": 1},
    "qQEB",
)
SAID: Final = answers.Said(LINE, ALPHA, 12, "ALPHA-0012", "ALPHA-0003", True, {BRAVO: _RECEIPT_AT})

_RECORD: Final[dict[str, Any]] = {
    "position": 21,
    "serial": "ALPHA-0012",
    "party": ALPHA,
    "epoch": 1,
    "index": 12,
    "kind": "NOTICE",
    "kind_number": 11,
    "precedence": "FLASH",
    "at": _SAID_AT,
    "recorded_at": _SAID_AT,
    "received_at": None,
    "circuit": "",
    "by": _BY,
    "recipients": [BRAVO],
    "reply_to": None,
    "notice_id": "ALPHA-0003",
    "flags": [],
    "marks": answers.Marks(
        recorded=_SAID_AT,
        delivered={BRAVO: _RECEIPT_AT},
        read=[answers.Mark(BRAVO, "watch", "Maj. Petrov", _READ_AT, _READ_AT + 300, "BRAVO-0008")],
        read_back=[],
        answered=[],
    ),
}

MESSAGES: Final = answers.Messages([answers.MessageRecord(**_RECORD)])
MESSAGE: Final = answers.Message(
    **_RECORD,
    body={"by": _BY, "notice_id": "ALPHA-0003", "version": 1, "activity": "Strike on an air base."},
    text=(
        "Message ALPHA-0012 (alpha.example) of Alpha Air Force on line syria-air, precedence "
        "FLASH.\n"
        "Officer: “Capt. Smith”, post “watch”.\n"
    ),
    outcome="Delivered to bravo.example at 070040ZAPR17 (2017-04-07T00:40:00.400Z).\n",
)

_LEAD: Final[dict[str, Any]] = {
    "valid_from": _FROM,
    "valid_until": _UNTIL,
    "lead_time_ms": _FROM - _RECEIPT_AT,
    "lead_class": "NORMAL",
    "flags": [],
    "states": {BRAVO: "READ"},
}
_VERSION: Final[dict[str, Any]] = {
    "version": 1,
    "operation": "NEW",
    "serial": "ALPHA-0012",
    "index": 12,
    **_LEAD,
}

NOTICE: Final = answers.Notice(
    **_VERSION,
    party=ALPHA,
    notice_id="ALPHA-0003",
    position=4,
    is_live=True,
    state="READ",
    category="strike",
    kind="missile",
    scope="air_safety",
    exercise=False,
    responses=[],
    earlier_answers=[],
    versions=[
        answers.NoticeVersion(
            **_VERSION,
            at=_SAID_AT,
            recorded_at=_SAID_AT,
            received_at=None,
            delivered={BRAVO: _RECEIPT_AT},
        )
    ],
    content={"notice_id": "ALPHA-0003", "activity": "Strike on an air base."},
    conflicts=[f"{ALPHA}~ALPHA-0003~{BRAVO}~BRAVO-0001"],
)
NOTICES: Final = answers.Notices([NOTICE], more=0)
NOTICE_WHOLE: Final = answers.NoticeWhole(
    **msgspec.structs.asdict(NOTICE),
    outcome=f"With {BRAVO}: read.\nIn conflict with notice BRAVO-0001 of {BRAVO}.\n",
)
IMPORTED_FILE: Final = answers.ImportedFile(
    form="NOTAM",
    remarks=[],
    activities=[
        answers.ImportedActivity(
            number=1,
            row=4,
            name="A0102/26",
            cancels="",
            about=None,
            remarks=[answers.ImportedRemark(row=6, field="C", what="Its end is estimated (EST).")],
            fault=None,
            fields={"activity": "MISSILE FIRING WI 5NM OF 342930N 0365432E.", "language": "en"},
        )
    ],
    more=0,
)

HANDED_NOTICE: Final = answers.HandedFile(
    name="ALPHA-0003.notam.txt",
    media_type="text/plain; charset=utf-8",
    text=(
        "(A0001/17 NOTAMN\nQ) XXXX/QXXXX/IV/BO/W/000/100/3429N03655E006\n"
        "A) XXXX B) 1704070140 C) 1704070300\nE) STRIKE ON AN AIR BASE. CIRCLE RADIUS 9KM CENTRED\n"
        "ON 342924N0365432E\nF) SFC G) FL100)\n"
    ),
    losses=["Its positions are rounded to a second of arc: by up to 22 m."],
)

HANDED_CONTACT: Final = answers.HandedFile(
    name="ALPHA-0016.ics",
    media_type="text/calendar; charset=utf-8",
    text="BEGIN:VCALENDAR\r\nVERSION:2.0\r\n...",
    losses=[],
)

VERSION_DIFFERENCES: Final = answers.VersionDifferences(
    party=ALPHA,
    notice_id="ALPHA-0003",
    old_version=1,
    new_version=2,
    differences=[
        answers.ChangedField(
            path="volumes[0].valid_until",
            name="area 1, end",
            old="2017-04-07T03:00:00Z",
            new="2017-04-07T04:00:00Z",
            old_said="070300ZAPR17",
            new_said="070400ZAPR17",
            changes=[],
        )
    ],
    magnitudes=[
        "Area 1: ends 1 h later.",
        "It became wider: what was answered before does not answer this version.",
    ],
    is_wider=True,
)
CERTIFICATE_READ: Final = answers.CertificateRead(
    verdict="PROVEN",
    claim={"kind": "message", "line": "syria-air", "party": ALPHA, "index": 3, "epoch": 1},
    claim_said=f"{ALPHA} said its message 3 on line syria-air.",
    conclusion=f"{ALPHA} said it.",
    steps=[
        answers.VerifiedStep(
            number=1,
            what="Every part of the evidence can be read.",
            holds=True,
            reason="4 entries, 2 notes.",
        )
    ],
    roots=[
        answers.VerifiedRoot(party=ALPHA, fingerprint="5b" * 32, has_signed=True, is_pinned=False)
    ],
    facts={"kind": "TEXT", "claimed_at": 1_491_525_000_000},
    said=["“Alpha” says:", "    Are these yours?"],
    sha256="9c" * 32,
)

_FINDING: Final[dict[str, Any]] = {
    "verdict": "CONFLICT",
    "separation_m": 1_840.5,
    "vertical_gap_dm": 0,
    "time_gap_ms": 0,
    "overlap_from": _FROM,
    "overlap_until": _UNTIL,
    "closest": {"lat_e7": 344_100_000, "lon_e7": 369_500_000},
    "words": "CONFLICT: 1,841 m apart on the map, bands not apart, both in force.",
    "said": (
        f"{ALPHA} ALPHA-0003 and {BRAVO} BRAVO-0001 come nearer to each other than was agreed. On "
        "the map they are 1840 m apart."
    ),
    "rule": "",
    "minima": answers.Minima(lateral_m=5_000, vertical_dm=60_000, time_ms=1_800_000),
}

CONFLICTS: Final = answers.Conflicts(
    [
        answers.Conflict(
            **_FINDING,
            id=f"{ALPHA}~ALPHA-0003~{BRAVO}~BRAVO-0001",
            state="OPEN",
            private=False,
            sides=[
                answers.Side(ALPHA, "ALPHA-0003", 1, 1),
                answers.Side(BRAVO, "BRAVO-0001", 1, 1),
            ],
            exercise=False,
            opened_at=_RECEIPT_AT,
            changed_at=None,
            ended_at=None,
        )
    ]
)

PRIVATE_FIELDS: Final[dict[str, Any]] = {
    "name": "Observers East",
    "kind": "presence",
    "site": True,
    "volumes": [
        {
            "shape": "CIRCLE",
            "vertices": [{"lat": "34.4100", "lon": "36.9500"}],
            "radius": "500 m",
            "upper": "100 m AGL",
        }
    ],
}
KEEPINGS: Final = [
    Example(summary="A site without end", value={"fields": PRIVATE_FIELDS}),
    Example(summary="In its place", value={"fields": PRIVATE_FIELDS, "replace": True}),
]
_TOKEN: Final = "5b1f0c5e9d3a4e7f8a6b2c1d0e9f8a7b"
_PRIVATE_CONFLICT: Final = answers.Conflict(
    **{
        **_FINDING,
        "said": (
            f"Notice {BRAVO} BRAVO-0001 comes nearer to “Observers East” than was agreed. "
            "On the map they are 1840 m apart."
        ),
    },
    id=f"private/{_TOKEN}~{BRAVO}~BRAVO-0001",
    state="OPEN",
    private=True,
    sides=[
        answers.Side(ALPHA, "", 1, 1, "Observers East"),
        answers.Side(BRAVO, "BRAVO-0001", 1, 1),
    ],
    exercise=False,
    opened_at=_RECEIPT_AT,
    changed_at=None,
    ended_at=None,
)
PRIVATE: Final = answers.Private(
    name="Observers East",
    site=True,
    rule="",
    kind="presence",
    exercise=False,
    remark="",
    version=1,
    volumes=1,
    valid_from=None,
    valid_until=None,
    is_live=True,
    by=_BY,
    kept_at=_SAID_AT,
    changed_at=None,
    over_at=None,
    conflicts=[_PRIVATE_CONFLICT.id],
)
PRIVATES: Final = answers.Privates([PRIVATE])
PRIVATE_WHOLE: Final = answers.PrivateWhole(
    **msgspec.structs.asdict(PRIVATE),
    content=PRIVATE_FIELDS,
    found=[_PRIVATE_CONFLICT],
    text="“Observers East”: a place where people are. What is there: presence of people.\n",
    warnings=[],
)
CHECKED: Final = answers.Checked(
    [answers.Encounter(**_FINDING, party=BRAVO, notice_id="BRAVO-0001", volume=1, own_volume=1)],
    is_complete=True,
    room=997,
    warnings=[],
)


_DUE: Final = answers.Due(
    matter="ALPHA-0014",
    subject="query",
    clock="reply",
    at=_READ_AT,
    party=BRAVO,
    precedence="FLASH",
    tier=2,
    said=f"{BRAVO} answers query ALPHA-0014 by 07 0041Z.",
)

_TOLD: Final = [
    answers.Told(post="watch", tier=1, is_on_call=False),
    answers.Told(post="commander", tier=2, is_on_call=True),
]

MATTER: Final = answers.Matter(
    position=14,
    id="ALPHA-0014",
    subject="query",
    party=ALPHA,
    index=14,
    serial="ALPHA-0014",
    name="",
    said="ARE_THESE_YOURS",
    precedence="FLASH",
    at=_SAID_AT,
    is_open=True,
    states={BRAVO: "READ"},
    tier=1,
    standings=[
        answers.MatterStanding(
            party=BRAVO,
            state="READ",
            since=_RECEIPT_AT,
            tier=1,
            lifted={},
            instants={"reply_by": _READ_AT},
            due=[_DUE],
            steps=[
                answers.MatterStep(
                    at=_SAID_AT,
                    event="OPENED",
                    state="ASKED",
                    party=ALPHA,
                    serial="ALPHA-0014",
                    said="ARE_THESE_YOURS",
                    clock="",
                    has_effect=True,
                    post="watch",
                    officer="Capt. Smith",
                    tier=1,
                ),
                answers.MatterStep(
                    at=_RECEIPT_AT,
                    event="READ",
                    state="READ",
                    party=BRAVO,
                    serial="BRAVO-0009",
                    said="",
                    clock="",
                    has_effect=True,
                    post="watch",
                    officer="Capt. Smith",
                    tier=1,
                ),
            ],
            said="read",
        )
    ],
)

MATTERS: Final = answers.Matters([MATTER], more=0)

DUES: Final = answers.Dues(
    [answers.DueOnLine(**msgspec.structs.asdict(_DUE), is_ours=False, tell=_TOLD)]
)

_WATCH: Final = answers.WatchBrieflyTold(
    party=ALPHA,
    post="watch",
    tier=1,
    hours="24 h",
    should_be_manned=True,
    state="OPEN",
    officer="Capt. Smith",
    since=_SAID_AT,
    planned_until=_UNTIL,
    languages=["ru"],
    communicator="",
    relieved="",
    brief="",
    by_node=False,
    serial="ALPHA-0015",
    offer=answers.WatchOffer("watch", "Capt. Smith", _READ_AT, _HASH),
    is_past=False,
)
WATCHES: Final = answers.Watches(
    [
        answers.WatchTold(
            **msgspec.structs.asdict(_WATCH),
            said=f"{ALPHA}, watch: on watch, “Capt. Smith”. Planned until 070300ZAPR17.",
        )
    ]
)
_UNREAD: Final = {
    "serial": "BRAVO-0007",
    "kind": "TEXT",
    "precedence": "FLASH",
    "at": _RECEIPT_AT,
    "by": [ALPHA],
}
_STATES: Final = {ALPHA: {"air_safety": "IN_FORCE"}, BRAVO: {"air_safety": "SUSPENDED"}}
BRIEF: Final = answers.Brief(
    line=LINE,
    party=ALPHA,
    at=_READ_AT,
    until=_READ_AT + 28_800_000,
    word="PARTIALLY_SUSPENDED",
    declared=_STATES,
    circuits=[{"party": BRAVO, "circuit": "1", "state": "UP", "is_connected": True}],
    watches=[_WATCH],
    checks=[{"party": BRAVO, "number": 3, "serial": "BRAVO-0008", "at": _RECEIPT_AT}],
    due=[{**msgspec.structs.asdict(_DUE), "tell": []}],
    contacts=[],
    matters=[],
    notices=[],
    unread=[_UNREAD],
    unread_by_others=[],
    not_receipted=[{"serial": "ALPHA-0015", "by": [BRAVO]}],
    translations=[],
    alarms=[],
    keys={"can_sign": True, "waiting_for": [], "broken": "", "in_force": {"node": "0f" * 8}},
    left_off={},
    hash="",
    said=[f"Watch brief of {ALPHA} for the line {LINE}, 070041ZAPR17, for the watch until …"],
)
OFFERED: Final = answers.Offered(
    post="watch", officer="Capt. Smith", at=_READ_AT, brief=_HASH, line=LINE, content=BRIEF
)
TELLING: Final = answers.Telling(2, _TOLD)
PAST: Final = answers.Past(
    line=LINE,
    party=ALPHA,
    at=_READ_AT,
    messages=28,
    version=1,
    out_size=15,
    held={BRAVO: 9},
    declared=_STATES,
    declarations={
        party: {scope: {"state": state, "since": _SAID_AT} for scope, state in scopes.items()}
        for party, scopes in _STATES.items()
    },
    watches=[_WATCH],
    matters=[MATTER],
    due=[],
    notices=[],
    alarms=[ALARM],
    unread=[_UNREAD],
    left_off={},
    said=[f"The line {LINE} at 070041ZAPR17, as the node of {ALPHA} knew it then."],
)

CODE_BOOK: Final = answers.CodeBook(
    hash="0fe46a627a84410db366170fe5c92be9c3d201d44583672f8b521b429c417070",
    name="standard",
    version=1,
    entries=[
        answers.CodeBookEntry(
            number=11,
            word="DISREGARD",
            meaning={"en": "Disregard our {message}."},
            slots=[answers.CodeBookSlot("message", "SERIAL", False)],
            acts="DISREGARD",
            reply="READ",
            precedence="IMMEDIATE",
        )
    ],
)

GLOSSINGS: Final = [
    Example(
        summary="A notice that became an announcement",
        value={
            "original": "Our notice stands.",
            "language": "en",
            "translation": "Наше объявление в силе.",
            "into": "ru",
        },
    )
]
REMARKS: Final = answers.Remarks(
    ["The original says “notice”; the agreed word for it, “уведомлен”, is not there."]
)
# --- people and drafts ----------------------------------------------------------------------------

_SMITH: Final = answers.Named("watch", "Capt. Smith")
_KEY: Final = answers.PasskeyShown("0badc0de", "blue token", _FROM)
PERSON: Final = answers.Person(
    name="Capt. Smith",
    roles=["WATCH_OFFICER"],
    posts=["watch"],
    is_disabled=False,
    has_password=True,
    passkeys=[_KEY],
    changed_at=_FROM,
    changed_by=answers.Named("watch", "duty officer"),
)
PEOPLE: Final = answers.People([PERSON])
LINK: Final = answers.SignInLink(
    "Capt. Smith", "https://localhost:8443/sign-in#5f3a", "5f3a", _FROM
)
SESSION: Final = answers.SessionShown(
    name="Capt. Smith",
    post="watch",
    posts=["watch"],
    roles=["WATCH_OFFICER"],
    rights=["READ", "TRANSLATE", "SERVE", "SPEAK", "DRAFT", "RELEASE"],
    how="passkey",
    csrf="8c1f",
    began_at=_FROM,
    ends_at=_UNTIL,
    has_password=True,
    passkeys=[_KEY],
    is_locked=False,
)
SESSIONS: Final = answers.SessionsListed(
    [
        answers.SessionListed(
            id="5f3a9c0100000000",
            name="Capt. Smith",
            post="watch",
            how="passkey",
            where="192.0.2.7, Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0",
            began_at=_FROM,
            used_at=_UNTIL,
            locked_at=None,
            is_this=True,
        )
    ]
)
PASSKEY_OPTIONS: Final = answers.PasskeyOptions({"challenge": "q83vEg", "rpId": "localhost"})
SECOND_FACTOR: Final = answers.SecondFactor(
    "JBSWY3DPEHPK3PXP", "otpauth://totp/Capt.%20Smith", "data:image/png;base64,iVBORw0KGgo="
)
DRAFT: Final = answers.Draft(
    draft="000102030405060708090a0b0c0d0e0f",
    kind="DECLARATION",
    fields={"scopes": ["air_safety"], "status": "SUSPENDED", "reason": "Strike on an air base."},
    by=_SMITH,
    drafted_at=_FROM,
    ends_at=_UNTIL,
    precedence="IMMEDIATE",
    recipients=[],
    is_signed=True,
    state="WAITING",
    to_sign=answers.ToSign("RELEASED", {"challenge": "q83vEg", "rpId": "localhost"}),
)
DRAFTS: Final = answers.Drafts([DRAFT])
HOLD: Final = answers.Hold(
    name="HOLD-0001",
    at=_SAID_AT,
    windows=[answers.HeldWindow(_SAID_AT - 7_200_000, _SAID_AT + 7_200_001)],
    is_incident=False,
    by={"post": "watch", "officer": "Maj. Petrov"},
    reason="Asked for by the inspector.",
    is_held=True,
    released_at=None,
    released_by=None,
    released_why="",
)
HOLDS: Final = answers.Holds([HOLD])
HOLD_WHOLE: Final = answers.HoldWhole(
    **{
        **{name: getattr(HOLD, name) for name in HOLD.__struct_fields__},
        "held": [
            answers.Held("messages", f"{ALPHA}/syria-air/out", 12, 9_216, "7c" * 32),
            answers.Held("ticks", f"{BRAVO}/syria-air", 1_440, 806_400, "1d" * 32),
        ],
    }
)
HOLDINGS: Final = [
    Example(
        summary="Four hours",
        value={
            "reason": "Asked for by the inspector.",
            "valid_from": _SAID_AT - 7_200_000,
            "valid_until": _SAID_AT + 7_200_001,
        },
    ),
    Example(summary="Again", value={"reason": "New facts.", "name": "ALPHA-I-0001"}),
]

INCIDENT: Final = answers.Incident(
    matter=msgspec.structs.replace(
        MATTER,
        id="ALPHA-I-0001",
        subject="incident",
        name="ALPHA-I-0001",
        said="STRIKE",
        precedence="IMMEDIATE",
        states={"*": "REPORTED_BY_ONE"},
        standings=[],
    ),
    reports=[
        answers.IncidentReport(
            ALPHA, "ALPHA-0014", _SAID_AT, {"incident": "ALPHA-I-0001", "stage": "FIRST"}
        )
    ],
    chain=[
        answers.ChainLink(
            role="incident",
            serial="ALPHA-0014",
            party=ALPHA,
            epoch=1,
            index=14,
            kind="INCIDENT",
            notice_id="",
            at=_SAID_AT,
            delivered={BRAVO: _RECEIPT_AT},
        )
    ],
    hold=msgspec.structs.replace(HOLD, name="ALPHA-I-0001", is_incident=True, by=None, reason=""),
    evidence=[answers.EvidenceNamed("5b" * 32, 4_096, "gun camera", ALPHA, True)],
)

LEDGER: Final = answers.Ledger(
    valid_from=_SAID_AT,
    valid_until=_SAID_AT + 86_400_000,
    rows=[
        answers.LedgerRow(
            party=ALPHA,
            accused=BRAVO,
            alleged=3,
            states={"ALLEGED": 1, "ANSWERED_DENIED": 2},
            articles={"Annex B, article 3": 3},
        )
    ],
    uncounted=0,
)

CONTACTS: Final = answers.Contacts(
    [
        answers.ContactMatter(
            **{
                **msgspec.structs.asdict(MATTER),
                "id": "ALPHA-0016",
                "subject": "contact",
                "serial": "ALPHA-0016",
                "index": 16,
                "said": "VOICE",
            },
            occurrences=[
                answers.Occurrence(
                    party=BRAVO,
                    begins_at=_FROM,
                    outcome="MISSED",
                    missed_by=[answers.MissedBy(said_by=ALPHA, parties=[BRAVO])],
                    record="",
                )
            ],
        )
    ],
    more=0,
)

NEXT_TIER: Final = answers.ContactDraft(
    kind="CONTACT",
    fields={
        **{name: value for name, value in CONTACT_FIELDS.items() if name != "by"},
        "tier": 3,
        "persons": [],
        "of": {"party": ALPHA, "index": 16},
    },
    precedence="PRIORITY",
    recipients=[BRAVO],
    tier=3,
)

READOUT: Final = answers.ReadoutWhole(
    **{
        **msgspec.structs.asdict(MATTER),
        "id": "ALPHA-0018",
        "subject": "readout",
        "serial": "ALPHA-0018",
        "index": 18,
        "said": "JOINT",
    },
    versions=[
        answers.ReadoutVersion(
            party=ALPHA,
            serial="ALPHA-0018",
            at=_SAID_AT,
            step="PROPOSE",
            mode="JOINT",
            initiated_by=ALPHA,
            embargo_until=None,
            text="",
            texts={"en": "The commanders spoke about air safety."},
            is_as_agreed=None,
        )
    ],
    differences=[
        answers.ReadoutDifference(
            party=BRAVO,
            language="en",
            paragraphs=[
                answers.ParagraphDifference(
                    number=1,
                    ours="The commanders spoke.",
                    theirs="The commanders spoke briefly.",
                    changes=[
                        answers.WordChange("The commanders", "", ""),
                        answers.WordChange("", "spoke.", "spoke briefly."),
                    ],
                )
            ],
        )
    ],
)

ACTS: Final = answers.Acts(
    acts=[
        answers.Act(
            row=41,
            at=_SAID_AT,
            by=_SMITH,
            act="SAID_MESSAGE",
            said="said a message",
            about="ALPHA-0014 QUERY",
            about_said="Query ALPHA-0014",
        )
    ],
    before=None,
)

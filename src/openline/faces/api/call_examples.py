"""Examples of calls for the OpenAPI document."""

from typing import Any, Final

from openline.faces.api import call_answers as answers
from openline.faces.api.examples import ALPHA, BRAVO

_AT: Final = 1_491_525_600_000
_OURS: Final = "2c5215542e859c018936e2969015afd6c8389502f2eb76ca74f0e160b8f62883"
_THEIRS: Final = "8f2b1d0c6a55e1f60d6b8a4e0c9d7b3a2f1e0d9c8b7a69584736251403f2e1d0"

MEDIA: Final[dict[str, Any]] = {
    "fingerprint": "jysdDGpV4fYNa4pODJ17Oi8eDZyLemlYRzYlFAPy4dA=",
    "ice_user": "x3Qp",
    "ice_password": "8y1Tn0dQmWc2bKfLr7ZsVa4h",  # nosec B105
    "candidates": [
        {"kind": "HOST", "address": "198.51.100.7", "port": 50_000, "priority": 2_122_260_223}
    ],
}

CALL: Final = answers.CallTold(
    id="ALPHA-0016",
    of=answers.CallReference(party=ALPHA, index=16),
    state="TAKEN",
    said="taken",
    rang=ALPHA,
    rung=BRAVO,
    other=BRAVO,
    is_ours=True,
    precedence="IMMEDIATE",
    at=_AT,
    rings_until=_AT + 90_000,
    post="watch",
    subject="Flights over Shayrat",
    scope="air_safety",
    spoken_in="en",
    exercise=False,
    about="ALPHA-0014",
    ends=[
        answers.CallEnd(party=ALPHA, fingerprint=_OURS, serial="ALPHA-0016", said=1, seen=""),
        answers.CallEnd(party=BRAVO, fingerprint=_THEIRS, serial="BRAVO-0021", said=1, seen=""),
    ],
    waits_for=[],
    is_sound=True,
    may_talk=True,
    is_proven=False,
    remote=MEDIA,
    left_out=[answers.CallLeftOut(address="10.1.2.3", reach="PRIVATE")],
    words=["tulip", "magnet"],
)
CALLS: Final = answers.Calls(calls=[CALL], more=0, position=14)
TELEPHONE: Final = answers.TelephoneTold(
    is_direct=False,
    relays=["turn:turn.alpha.example:3478"],
    username="1491526200:5fa1c0d2e3b49687",
    password="wNqyLqHt3xB8h9C1bXo0m2J5c0k=",  # nosec B106
    until=_AT + 600_000,
    reaches=["PUBLIC"],
)

"""Examples of public statements for the OpenAPI document."""

from dataclasses import asdict
from typing import Any, Final

from litestar.openapi.spec import Example

from openline.adapters.statements.extractor import EXTRACTOR
from openline.domain.statements.pairing import ALGORITHM, Thresholds
from openline.faces.api import statement_answers as answers

_AT: Final = 1_491_525_600_000
_ADDRESS: Final = "https://ministry.example/news/7"
_ID: Final = "5b1f0c5e9d3a"
_HASH: Final = "2c5215542e859c018936e2969015afd6c8389502f2eb76ca74f0e160b8f62883"

FOLLOWINGS: Final = [
    Example(
        summary="A feed",
        value={"name": "their-ministry", "address": "https://ministry.example/feed.xml"},
    ),
    Example(
        summary="One page",
        value={"name": "their-readout", "address": _ADDRESS, "kind": "page", "language": "ru"},
    ),
]
SOURCE: Final = answers.StatementSource(
    name="their-ministry",
    address="https://ministry.example/feed.xml",
    kind="list",
    language="ru",
    line="syria-air",
    extractor="openline",
    is_set=True,
    statements=1,
    looked_at=_AT,
    next_at=_AT + 600_000,
    failing_since=None,
    fault="",
)
_SHORT: Final[dict[str, Any]] = {
    "id": _ID,
    "source": "their-ministry",
    "address": _ADDRESS,
    "title": "On the flight safety line",
    "language": "ru",
    "versions": 2,
    "verdict": "CHANGED",
    "verdict_words": "changed",
    "changed_at": _AT,
    "looked_at": _AT,
    "next_at": _AT + 300_000,
    "is_silent": False,
    "is_kept": True,
    "attached": "ALPHA-I-0001",
    "fault": "",
    "sentence": (
        "Last changed 070040ZAPR17; checks since then that found it unchanged: 0. "
        "It changed within the hour before: the next check is at 070045ZAPR17."
    ),
}
STATEMENTS: Final = answers.Statements([SOURCE], [answers.StatementShort(**_SHORT)])
_FIRST: Final = answers.StatementVersion(
    number=1,
    seen_at=_AT - 3_600_000,
    verdict="FIRST",
    verdict_words="first version",
    returned_to=None,
    title="On the flight safety line",
    words=214,
    text_hash=_HASH,
    body_hash=_HASH,
    has_body=True,
    extractor=EXTRACTOR,
)
_SECOND: Final = answers.StatementVersion(
    number=2,
    seen_at=_AT,
    verdict="CHANGED",
    verdict_words="changed",
    returned_to=None,
    title="On the flight safety line",
    words=215,
    text_hash=_HASH,
    body_hash=_HASH,
    has_body=True,
    extractor=EXTRACTOR,
)
_CAPTURE: Final = answers.StatementCapture(
    at=_AT,
    address=_ADDRESS,
    status=200,
    headers={"ETag": '"7-2"', "Content-Type": "text/html; charset=utf-8"},
    verdict="CHANGED",
    fault="",
    body_hash=_HASH,
    text_hash=_HASH,
    extractor=EXTRACTOR,
    line="syria-air",
    row=812,
)
WHOLE: Final = answers.StatementWhole(**_SHORT, history=[_FIRST, _SECOND], captures=[_CAPTURE])
TEXT: Final = answers.StatementText(
    id=_SHORT["id"],
    version=_SECOND,
    paragraphs=[answers.StatementParagraph("PARAGRAPH", "Both sides do not use the line.")],
    is_cut=False,
    capture=_CAPTURE,
    sentence=(
        "This node noted at 070040ZAPR17 in row 812 of its journal on the line syria-air that it "
        "saw this text. It is no proof of what others were shown."
    ),
)
_WORDS: Final = "Both sides use the line."
READOUT: Final = answers.ReadoutComparison(
    readout="ALPHA-0021",
    party="bravo.example",
    serial="BRAVO-0040",
    language="ru",
    is_agreed=True,
    version=2,
    is_whole=False,
    sentence="The page does not have every paragraph of the readout, word for word.",
    rows=[
        answers.StatementRow(
            key="p1-0",
            change="REMOVED",
            words="only in the readout",
            old=[1],
            new=[],
            alike=0,
            spans=[answers.StatementSpan("", _WORDS, "", "WORD")],
            presence="",
        )
    ],
)
DIFFERENCE: Final = answers.StatementDifference(
    old=_FIRST,
    new=_SECOND,
    summary="What became of the paragraphs: edited: 1. Among the changes: a negation.",
    title=[answers.StatementSpan("On the flight safety line", "", "", "WORD")],
    rows=[
        answers.StatementRow(
            key="p4-4",
            change="EDITED",
            words="edited",
            old=[4],
            new=[4],
            alike=980,
            spans=[
                answers.StatementSpan("Both sides", "", "", "WORD"),
                answers.StatementSpan("", "", "do", "WORD"),
                answers.StatementSpan("", "", "not", "NEGATION"),
                answers.StatementSpan("use the line.", "", "", "WORD"),
            ],
            presence="",
        )
    ],
    algorithm=ALGORITHM,
    thresholds=asdict(Thresholds()),
    word_pairs=12,
    is_bounded=False,
    same_extractor=True,
    extractors=[EXTRACTOR, EXTRACTOR],
    reading=f"Both versions were read by {EXTRACTOR}.",
)

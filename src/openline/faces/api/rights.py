"""What each route of the officers' port asks of who is signed in.

A route that is not in the table is refused to everybody there: a test holds the table
to the routes. On the node's own socket no right is asked for. What a message or draft
asks for beyond its route follows from its kind.
"""

from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from openline.domain.line.people import Right, may
from openline.faces.api.acting import ACTING, NOBODY, need
from openline.faces.api.faults import Forbidden, NotSignedIn

OPEN: Final = (
    "askForPasskey",
    "signInByPassword",
    "signInByPasskey",
    "signInByLink",
    "openConsole",
    "readConsoleWords",
    "readBaseMap",
    "readConsoleFile",
)
"""Routes for those who are not signed in yet."""

OWN: Final = (
    "readSession",
    "signOut",
    "choosePost",
    "newSecondFactor",
    "setPassword",
    "askForRegistration",
    "registerPasskey",
    "dropPasskey",
    "lockSession",
    "touchSession",
    "listSessions",
    "endSession",
)
"""Routes for everybody who is signed in, about themselves."""

LOCKED: Final = (
    "readSession",
    "signOut",
    "lockSession",
    "followEvents",
    "readStatus",
    "listLines",
    "listAlarms",
)
"""All that a locked session still may: be seen to be alive, and to alarm."""

RIGHT_OF: Final[dict[str, Right]] = {
    "readStatus": Right.READ,
    "listLines": Right.READ,
    "listFeeds": Right.READ,
    "listOutlets": Right.READ,
    "listFolders": Right.READ,
    "listMessages": Right.READ,
    "readMessage": Right.READ,
    "readForms": Right.READ,
    "listNotices": Right.READ,
    "readNotice": Right.READ,
    "readNoticeOf": Right.READ,
    "checkNotice": Right.READ,
    "checkMessage": Right.READ,
    "previewMessage": Right.READ,
    "listConflicts": Right.READ,
    "listPrivate": Right.READ,
    "readPrivate": Right.READ,
    "listAlarms": Right.READ,
    "readUnderstanding": Right.READ,
    "certify": Right.READ,
    "proveStatement": Right.READ,
    "readCertificate": Right.READ,
    "exportNotices": Right.READ,
    "exportNotice": Right.READ,
    "exportContact": Right.READ,
    "compareVersions": Right.READ,
    "followEvents": Right.READ,
    "listDrafts": Right.READ,
    "readDraft": Right.READ,
    "say": Right.READ,
    "listMatters": Right.READ,
    "readMatter": Right.READ,
    "listDue": Right.READ,
    "readState": Right.READ,
    "readStatistics": Right.READ,
    "listLogs": Right.READ,
    "readTile": Right.READ,
    "readTicks": Right.READ,
    "proposeCheck": Right.READ,
    "readBrief": Right.READ,
    "listWatches": Right.READ,
    "replayLine": Right.READ,
    "listSites": Right.READ,
    "readSite": Right.READ,
    "listReferencePoints": Right.READ,
    "listZones": Right.READ,
    "readZone": Right.READ,
    "listMovements": Right.READ,
    "readMovement": Right.READ,
    "readIncident": Right.READ,
    "countViolations": Right.READ,
    "listViolationDrafts": Right.READ,
    "listHolds": Right.READ,
    "readHold": Right.READ,
    "readSound": Right.READ,
    "listCalls": Right.READ,
    "readCall": Right.READ,
    "readTelephone": Right.SPEAK,
    "listContacts": Right.READ,
    "listPostsToTell": Right.READ,
    "readReadout": Right.READ,
    "readFeed": Right.READ,
    "readMemberFeed": Right.READ,
    "listUntranslated": Right.READ,
    "readCodeBook": Right.READ,
    "checkTranslation": Right.READ,
    "proposeNextTier": Right.READ,
    "listStatements": Right.READ,
    "readStatement": Right.READ,
    "readStatementVersion": Right.READ,
    "compareStatement": Right.READ,
    "compareReadout": Right.READ,
    "readStatementFeed": Right.READ,
    "checkStatement": Right.SPEAK,
    "keepStatement": Right.SPEAK,
    "addStatementSource": Right.SERVE,
    "readStyle": Right.READ,
    "printLog": Right.READ,
    "printMessage": Right.READ,
    "printBrief": Right.READ,
    "printStatement": Right.READ,
    "printStatements": Right.READ,
    "printStatementVersions": Right.READ,
    "printStatementText": Right.READ,
    "printStatementDifference": Right.READ,
    "printNotice": Right.READ,
    "drawNotice": Right.READ,
    "drawConflict": Right.READ,
    "printIncident": Right.READ,
    "printReadout": Right.READ,
    "printCertificate": Right.READ,
    "listPublic": Right.READ,
    "listTracks": Right.READ,
    "readTrack": Right.READ,
    "listAirAlerts": Right.READ,
    "followTracks": Right.READ,
    "askAboutTrack": Right.READ,
    "readRecordedTracks": Right.READ,
    "readRecording": Right.READ,
    "prepareTrackShare": Right.READ,
    "listAssessments": Right.READ,
    "assessTrack": Right.SPEAK,
    "takeBackAssessment": Right.SPEAK,
    "keepPrivate": Right.SPEAK,
    "dropPrivate": Right.SPEAK,
    "acknowledgeAlarm": Right.SPEAK,
    "offerWatch": Right.SPEAK,
    "holdEvidence": Right.SPEAK,
    "releaseEvidence": Right.SPEAK,
    "exportCourier": Right.SERVE,
    "importCourier": Right.SERVE,
    "importFile": Right.DRAFT,
    "keepDraft": Right.DRAFT,
    "signDraft": Right.DRAFT,
    "releaseDraft": Right.RELEASE,
    "rejectDraft": Right.RELEASE,
    "adoptUnderstanding": Right.KEYS,
    "changeKey": Right.KEYS,
    "publishRevocation": Right.KEYS,
    "openEpoch": Right.KEYS,
    "trustOwnCopy": Right.KEYS,
    "copyStore": Right.KEYS,
    "listActs": Right.AUDIT,
    "printActs": Right.AUDIT,
    "listPeople": Right.PEOPLE,
    "addPerson": Right.PEOPLE,
    "disablePerson": Right.PEOPLE,
    "resetPerson": Right.PEOPLE,
    "linkPerson": Right.PEOPLE,
}
"""What a route asks for; what `say` asks for follows from the kind."""

RIGHT_OF_KIND: Final[dict[str, Right]] = {
    "LINE_CHECK": Right.SERVE,
    "LINE_CHECK_REPLY": Right.SERVE,
    "SERVICE": Right.SERVE,
    "DECLARATION": Right.DECLARE,
    "RESUMPTION_OFFER": Right.DECLARE,
}
"""What saying a kind asks for; of every other kind it is `SPEAK`."""


def right_of_kind(kind: str) -> Right:
    """What saying a kind asks for."""
    return RIGHT_OF_KIND.get(kind, Right.SPEAK)


def check_saying(kind: str, fields: dict[str, Any], *, is_reply: bool) -> None:
    """Confirm that who is signed in may say this at once.

    Raises:
        Forbidden: They may not, or it takes a second person.
    """
    acting = ACTING.get()
    if acting is None:
        return
    if "released_by" in fields:
        raise Forbidden(
            "released_by: nobody names the second person on this port: they sign in themselves.",
            "Leave it as a draft: POST /lines/{line}/drafts.",
        )
    is_translation = kind == "TEXT" and is_reply and bool(fields.get("translations"))
    if is_translation and may(acting.roles, Right.TRANSLATE):
        return
    need(right_of_kind(kind))


def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let a request through to its route if who is signed in has the right.

    Raises:
        NotSignedIn: Nobody is signed in.
        Forbidden: They have not.
    """
    operation = getattr(handler, "operation_id", None)
    acting = ACTING.get()
    if acting is None or operation in OPEN:
        return
    if acting is NOBODY:
        raise NotSignedIn("Nobody is signed in.", "Sign in: POST /sign-in/password.")
    if acting.is_locked and operation not in LOCKED:
        raise Forbidden(
            "The session is locked, for nobody touched the desk.",
            "Unlock it: sign in anew, by passkey or by password and code.",
        )
    if operation in OWN:
        return
    right = RIGHT_OF.get(str(operation))
    if right is None:
        if operation is None and connection.scope["path"].startswith("/schema"):
            return
        raise Forbidden("This route is not served here.", "Use the node's own socket.")
    need(right)

"""The officers' API: routes over a running node, described by OpenAPI 3.1.

Handlers are thin: they decode, hand on to the node, and pass on what the
views answer. The same routes are served in two places: on the node's own socket,
where who may open it may speak for the party (`openline.faces.unix`), and behind
the door of the officers' port, where people sign in (`openline.faces.api.door`).
"""

import asyncio
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License, OpenAPI, Tag

from openline import __version__
from openline.adapters.clock import wall_clock_ms
from openline.faces.api import (
    acts,
    air,
    air_answers,
    answers,
    calls,
    checking,
    conduct,
    contacts,
    describe,
    drafts,
    events,
    faults,
    feeds,
    files,
    form_answers,
    forms,
    handing_on,
    importing,
    incident,
    logs,
    member_feed,
    notice_files,
    outlet_answers,
    outlets,
    people,
    place_answers,
    places,
    previewing,
    private,
    reading,
    schema,
    sign_in,
    signed_in,
    standing,
    statement_answers,
    statements,
    talks,
    voice,
    watches,
    writing,
)
from openline.faces.api.atom_feeds import FeedTimes
from openline.faces.api.describe import (
    add_descriptions,
    describe_areas,
    describe_files,
    describe_unchanged,
)
from openline.faces.api.door import Door
from openline.faces.api.limits import BODY_SIZE_BYTES_MAX, answer_before_closing
from openline.faces.api.rights import guard
from openline.faces.api.running import Running
from openline.faces.console import page
from openline.faces.console import routes as console_pages

DESCRIPTION: Final = """\
The officers' interface of one Openline node: on its Unix socket, and on the officers'
port for those who are signed in. There each act shows `csrf` of the session in the header
`x-openline-csrf`, and everybody acts under their own name, as their roles let them.

Instants are UTC. Answers give them in milliseconds since 1970; in the fields
of a message they are ISO 8601 with Z, or on the way in date-time groups too
(`070140ZAPR17`). Nothing here approves or permits anything: a notice takes
effect without a reply.

Every error is `{"error": {"what", "remedy", "field"?}}`, in the language of the query
parameter `language`, or else of the header `accept-language`, or else in English.
"""

TAGS: Final = (
    Tag("state", "The node, its lines and circuits, and what needs a person."),
    Tag("messages", "What is said, and what became of it."),
    Tag("notices", "Advance information about activity, and the conflicts it meets."),
    Tag("matters", "Queries, warnings and what else waits for somebody, with their clocks."),
    Tag("incidents", "Incidents with what belongs to them, alleged violations, what is held."),
    Tag("watches", "Who is on watch, what is handed over, and whom to tell."),
    Tag("places", "Sites, zones and movements, and what was drafted about zones."),
    Tag(
        "private",
        "What this party keeps to itself: plans, sites, zones; checked here only.",
    ),
    Tag("statements", "Public pages that are followed: versions, differences, feeds."),
    Tag("air", "Tracks of this party's own feeds, and alerts about them; on this node only."),
    Tag("drafts", "What one person writes and another releases."),
    Tag("sign-in", "Signing in on the officers' port, and what proves who somebody is."),
    Tag("people", "Who may act for the party on the officers' port."),
    Tag("understandings", "What the parties agreed on."),
    Tag("keys", "This party's keys."),
    Tag("files", "Certificates and the courier's files."),
    Tag("pages", "Pages to read and to print, without script: what the routes above answer."),
    Tag("events", "What changes, as it changes."),
)

ROUTES: Final = (
    reading.read_status,
    reading.list_lines,
    feeds.list_feeds,
    outlets.list_outlets,
    outlets.list_folders,
    reading.list_messages,
    reading.read_message,
    voice.read_sound,
    forms.read_forms,
    writing.say,
    checking.check_message,
    previewing.preview_message,
    reading.list_notices,
    reading.read_notice,
    reading.read_notice_of,
    writing.check_notice,
    reading.list_conflicts,
    *notice_files.ROUTES,
    *logs.ROUTES,
    *handing_on.ROUTES,
    *importing.ROUTES,
    *places.ROUTES,
    *statements.ROUTES,
    private.keep_private,
    private.list_private,
    private.read_private,
    private.drop_private,
    standing.read_state,
    standing.read_statistics,
    standing.propose_check,
    conduct.list_matters,
    conduct.read_matter,
    conduct.list_due,
    talks.list_untranslated,
    talks.read_code_book,
    talks.check_translation,
    incident.read_incident,
    incident.count_violations,
    incident.list_holds,
    incident.read_hold,
    incident.hold_evidence,
    incident.release_evidence,
    calls.list_calls,
    calls.read_call,
    calls.read_telephone,
    contacts.list_contacts,
    contacts.propose_next_tier,
    contacts.read_readout,
    contacts.read_feed,
    member_feed.read_member_feed,
    watches.list_watches,
    watches.read_brief,
    watches.offer_watch,
    watches.list_posts_to_tell,
    watches.replay,
    reading.list_alarms,
    writing.acknowledge_alarm,
    reading.read_understanding,
    writing.adopt,
    files.certify,
    files.read_certificate,
    writing.change_key,
    writing.publish_revocation,
    writing.open_epoch,
    files.export_courier,
    files.import_courier,
    writing.trust_own_copy,
    writing.copy_store,
    events.follow_events,
    drafts.keep_draft,
    drafts.list_drafts,
    drafts.read_draft,
    drafts.sign_draft,
    drafts.release_draft,
    drafts.reject_draft,
    sign_in.sign_in_by_password,
    sign_in.ask_for_passkey,
    sign_in.sign_in_by_passkey,
    sign_in.sign_in_by_link,
    sign_in.read_session,
    sign_in.choose_post,
    sign_in.sign_out,
    sign_in.new_second_factor,
    sign_in.set_password,
    sign_in.ask_for_registration,
    sign_in.register_passkey,
    sign_in.drop_passkey,
    *signed_in.ROUTES,
    *acts.ROUTES,
    people.list_people,
    people.add_person,
    people.disable_person,
    people.reset_person,
    people.link_person,
    *air.ROUTES,
    *page.ROUTES,
    *console_pages.ROUTES,
)


_DESCRIBED: Final = (
    air_answers,
    answers,
    describe,
    feeds,
    form_answers,
    outlet_answers,
    place_answers,
    schema,
    statement_answers,
)
_STRUCTURES: Final = [
    structure
    for module in _DESCRIBED
    for structure in vars(module).values()
    if isinstance(structure, type) and issubclass(structure, msgspec.Struct)
]


def create_app(
    running: Running,
    stopping: asyncio.Event | None = None,
    door: Door | None = None,
    prepared: Litestar | None = None,
) -> Litestar:
    """The API over a running node.

    Args:
        running: The node.
        stopping: Set when the node begins to stop; streams then end.
        door: Of the officers' port, if there is one; who serves the API there puts
            `guarded` around it.
        prepared: What `prepare_app` has made before; it serves one node only.
    """
    app = prepared or prepare_app()
    app.state.update(
        {
            "running": running,
            "stopping": stopping or asyncio.Event(),
            "door": door,
            "feed_times": FeedTimes(wall_clock_ms),
        }
    )
    return app


def prepare_app() -> Litestar:
    """The API without a node behind it yet, which takes most of the time."""
    app = Litestar(
        route_handlers=list(ROUTES),
        guards=[guard],
        exception_handlers=faults.HANDLERS,
        request_max_body_size=BODY_SIZE_BYTES_MAX,
        middleware=[answer_before_closing],
        openapi_config=openapi_config(),
        debug=False,
        logging_config=None,
    )
    _complete(app.openapi_schema)
    return app


def openapi_config() -> OpenAPIConfig:
    """How the API describes itself, at `/schema/openapi.json`."""
    return OpenAPIConfig(
        title="Openline: officers' API",
        version=__version__,
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        tags=list(TAGS),
        path="/schema",
        # JSON only: the pages that Litestar offers load scripts from elsewhere.
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        use_handler_docstrings=True,
    )


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document, without a node behind it."""
    app = Litestar(
        route_handlers=list(ROUTES), openapi_config=openapi_config(), logging_config=None
    )
    _complete(app.openapi_schema)
    return app.openapi_schema.to_schema()


def _complete(openapi: OpenAPI) -> None:
    """Add to the document what Litestar does not see."""
    add_descriptions(openapi, _STRUCTURES)
    describe_files(
        openapi, ("adoptUnderstanding", "importCourier", "importFile", "readCertificate")
    )
    describe_areas(openapi, "exportNotices", notice_files.MEDIA_TYPES.values())
    describe_unchanged(openapi, ("readFeed", "readMemberFeed", "readStatementFeed"))

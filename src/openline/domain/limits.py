"""Every bound in one place, each with its reason.

A bound protects a node from a hostile or broken counterpart. What exceeds one
is refused with a reason code, never truncated in silence.
"""

ENTRY_SIZE_BYTES_MAX = 65_535
"""A log entry: tlog-tiles entry bundles carry a 16-bit length."""

FRAME_SIZE_BYTES_MAX = 1_048_576
"""One frame on a circuit: bounded before anything is parsed."""

FRAME_ENTRIES_MAX = 512
"""Entries in one frame: bounds the time one frame may take to verify."""

CONTENT_SIZE_BYTES_MAX = 524_288
"""The content of one message; half a frame, so that any message fits one."""

CBOR_DEPTH_MAX = 16
"""Nesting of arrays and maps: our deepest message uses seven."""

CBOR_ITEMS_MAX = 131_072
"""Items in one decoded value: bounds memory before meaning is looked at."""

TEXT_CHARS_MAX = 16_384
"""Free text of one message."""

FLASH_TEXT_WORDS_MAX = 200
"""FLASH and IMMEDIATE text: long text is slow to read."""

LABEL_CHARS_MAX = 200
"""Names, places in words, contacts and other single-row texts."""

VOLUMES_MAX = 64
"""Volumes in one notice: bounds what one message can make a counterpart compare."""

VERTICES_MAX = 500
"""Vertices of one volume: keeps each exact test under 1 ms."""

LIVE_NOTICES_MAX = 10_000
"""Live notices of one party on one line, unless the Understanding says less."""

PARTIES_MAX = 32
"""Parties on one line: each holds, receipts and hears every other."""

NOTE_SIGNATURES_MAX = 80
"""Signatures on one note: two for each of 32 parties, and some witnesses."""

NOTE_SIZE_BYTES_MAX = 524_288
"""A note with the largest number of ML-DSA-44 signatures."""

PROOF_HASHES_MAX = 63
"""Hashes of one Merkle proof (tlog-witness)."""

NAME_CHARS_MAX = 63
"""Party and line names: each label of a DNS name."""

MARKS_PER_LETTER_MAX = 4
"""Combining marks shown on one letter: vocalised Arabic needs three."""

POSTS_MAX = 64
"""Posts of one party in an Understanding."""

ROOTS_MAX = 16
"""Root keys of one party."""

LANGUAGES_MAX = 16
"""Languages of a line, of a party, and titles of one thing."""

SCOPES_MAX = 32
"""Scopes of a line."""

SEPARATIONS_MAX = 128
"""Separation minima: each pair of a dozen kinds."""

LEAD_TIMES_MAX = 64
"""Lead times, one for each category of notice."""

REFERENCE_POINTS_MAX = 2_000
"""Shared reference points: the named places of a region."""

AREA_RINGS_MAX = 32
"""Rings of the area of the agreement, each of at most `VERTICES_MAX` vertices."""

OUTSIDE_WITNESSES_MAX = 16
"""Witnesses that belong to no party."""

AGREED_TEXT_CHARS_MAX = 65_536
"""The words of the Understanding itself: some thirty pages."""

CERTIFICATE_SIZE_BYTES_MAX = 8_192
"""A self-signed TLS certificate in DER."""

ENDPOINTS_MAX = 8
"""Addresses on one party card."""

HAZARDS_MAX = 16
"""Hazards named in one notice."""

TRANSLATIONS_MAX = 8
"""Translations beside one text."""

CIRCUITS_MAX = 16
"""Circuits named in one line check."""

UNDERSTANDING_SIZE_BYTES_MAX = 393_216
"""The signed bytes of an Understanding: leaves room for root signatures in one content."""

CHUNK_SIZE_BYTES_MAX = 8_192
"""One piece of a frame on a circuit: an urgent frame waits for one piece at most."""

LINKS_PER_COUNTERPART_MAX = 4
"""Open links of one counterpart on one line: two circuits, dialled from both sides."""

CONNECTIONS_PER_COUNTERPART_MAX = 16
"""Connections of one counterpart to the node port, links and reads together."""

FEEDS_MAX = 16
"""Feeds of sightings of one node: every receiver and radar of a sector."""

FEED_CHUNK_BYTES_MAX = 8_192
"""Bytes of a feed decoded at once: some 10 ms of the loop at most."""

FEED_MESSAGES_PER_S_MAX = 10_000
"""Messages of one feed in a second: ten thousand tracks each second. What comes faster waits
with its sender."""

FEED_AIRCRAFT_MAX = 10_000
"""Aircraft of one receiver whose frames are paired: ten times what the busiest sky holds."""

FEED_RADARS_MAX = 256
"""Radars of one feed of which it is known where they stand: those of a continent."""

FEED_DATAGRAMS_WAITING_MAX = 512
"""Datagrams of one feed that wait to be decoded: a rotation of the busiest radar."""

FEED_SENDERS_MAX = 32
"""Listed senders of one feed."""

GEOJSON_ROW_BYTES_MAX = 8_192
"""A row with one point: a page of properties."""

SBS_ROW_BYTES_MAX = 512
"""A row of 22 fields: no field of a true one has more than 12 letters."""

HANDSHAKES_MAX = 64
"""TLS handshakes under way on one node port: strangers cannot take every descriptor."""

HANDSHAKES_PER_ADDRESS_MAX = 8
"""TLS handshakes under way from one address, so that one stranger cannot take them all."""

HANDSHAKES_PER_S_MAX = 100
"""TLS handshakes begun on one node port in a second: a tenth of one core."""

HANDSHAKES_PER_ADDRESS_PER_S_MAX = 10
"""TLS handshakes begun from one address in a second: a counterpart needs a few a minute."""

ADDRESSES_REMEMBERED_MAX = 1_024
"""Addresses whose handshakes are counted one by one; the oldest are forgotten first."""

BACKLOG_SIZE_BYTES_MAX = 4_194_304
"""Ordinary frames that wait on one link: beyond it the link is congested."""

BACKLOG_FRAMES_MAX = 8_192
"""Frames of one class that wait on one link: small frames cost memory too."""

URGENT_BACKLOG_SIZE_BYTES_MAX = 2_097_152
"""Urgent frames that wait on one link: two of the largest."""

INCOMING_BYTES_PER_S_MAX = 8_388_608
"""Bytes read from one counterpart: 100,000 entries arrive in a quarter of a minute."""

INCOMING_PIECES_PER_S_MAX = 5_000
"""Pieces read from one counterpart: a fifth of one core at most."""

URGENT_BYTES_PER_S_MAX = 262_144
"""Bytes read from one counterpart that are kept free for urgent frames."""

URGENT_PIECES_PER_S_MAX = 500
"""Pieces read from one counterpart that are kept free for urgent frames."""

ANCHORED_LOGS_MAX = 4_096
"""Logs in one anchor file: 64 lines of 32 parties, two logs each."""

KEY_NAME_BYTES_MAX = 255
"""The name of a key of a note, and an origin: one byte says the length (tlog-cosignature)."""

PROOF_EXTRA_BYTES_MAX = 65_536
"""Extra data of a tlog-proof: unauthenticated, so never much."""

CARD_SIZE_BYTES_MAX = 65_536
"""The text of a party card: keys, a certificate, root signatures, in base64."""

CORE_REACH_DEG_MAX = 20
"""Angle from the middle of a volume to any vertex: 2,200 km, wider than any region with a line.

With the two bounds below it keeps every vertex of two volumes that come near each other
within 80 degrees of the middle of their boxes, where one plane holds them both.
"""

RADIUS_M_MAX = 500_000
"""Radius of a volume: ten times the widest zone of the field (at-Tanf, 55 km)."""

LATERAL_MINIMUM_M_MAX = 200_000
"""Agreed lateral minimum, for the same plane; oceanic separation is half of it."""

QNH_HPA_MIN = 850
"""Agreed least QNH: below the lowest ever measured at sea (870 hPa, typhoon Tip, 1979)."""

QNH_HPA_MAX = 1_100
"""Agreed greatest QNH: above the highest ever reduced (1,089 hPa, Tosontsengel, 2004)."""

TEMPERATURE_K_MAX = 60
"""Agreed deviation from the standard temperature: the coldest column of Siberian winter."""

TOUCH_SAMPLES_MAX = 1_024
"""Points at which the depth of an overlap is taken: bounds the test of two combs to 10 ms."""

PLACE_DISTANCE_M_MAX = 2_000_000
"""Distance from a reference point in a place in words; beyond it words say nothing."""

COURIER_FRAMES_MAX = 4_096
"""Frames of one courier file: four gigabytes at most, two million messages."""

LIVE_VERTICES_MAX = 500_000
"""Vertices of all live notices of one party: some 60 MB; ten times a busy airspace order."""

ALARMS_STANDING_MAX = 200
"""Alarms of one name and one party before further ones are counted in one."""

ALARMS_KEPT = 1_000
"""Acknowledged alarms that a node still lists; the journal has them all."""

ENCOUNTERS_SHOWN_MAX = 500
"""Notices that the check of a draft names: whoever meets more draws it anew."""

CONFLICTS_ENDED_KEPT = 2_000
"""Ended conflicts that a node still lists; the record gives them all again."""

PAIR_TESTS_MAX = 16
"""Pairs of volumes of two notices of which the nearest is looked for: some 5 ms."""

HITS_PER_NOTICE_MAX = 20_000
"""Pairs of volumes that the answer about one notice may have: bounds a hostile one to a second."""

MARKS_PER_MESSAGE_MAX = 256
"""Readings, read-backs and answers shown with one message; the record has them all."""

MARKS_WAITING_MAX = 4_096
"""Readings and answers that wait for a message which has not come yet (three parties)."""

MESSAGES_WAITING_OF_PARTY_MAX = 256
"""Messages of one party that wait for what they are about, which has not come yet."""

LINE_CHECKS_OPEN_MAX = 16
"""Line checks without an answer that are kept for one counterpart, the oldest first."""

GEOFILE_SIZE_BYTES_MAX = 16_777_216
"""A file of areas: a national airspace in GeoJSON has five megabytes."""

GEOFILE_FEATURES_MAX = 10_000
"""Features of one file of areas: as many as one party's live notices."""

FILE_MEETINGS_MAX = 20_000
"""Pairs of volumes of one file that are looked at: some seconds, a hundred busy orders."""

IMPORT_SIZE_BYTES_MAX = 2_097_152
"""A file read for an officer at the API: ten times a busy order, and read within seconds."""

IMPORT_ACTIVITIES_MAX = 200
"""Activities told of it: more than one officer looks at; the command line reads larger files."""

GEOFILE_DEPTH_MAX = 32
"""Folders or collections inside each other in a file of areas."""

ORDER_SETS_MAX = 200_000
"""Sets of one airspace control order: twenty for each feature of the largest file."""

ORDER_SET_FIELDS_MAX = 4_096
"""Fields of one set: eight times the vertices of a volume, so that too many can be said."""

KMZ_DIRECTORY_BYTES_MAX = 262_144
"""The list of entries in a KMZ: some thousand pictures beside the one document that is read."""

KMZ_RATIO_MAX = 200
"""How much smaller than its text the packed document of a KMZ may be; coordinates give ten."""

EVIDENCE_SIZE_BYTES_MAX = 16_777_216
"""One certificate: 512 ticks and some contents; read whole by whoever verifies it."""

EVIDENCE_ENTRIES_MAX = 1_024
"""Entries in one certificate: all key messages of seven parties, and what shows a use."""

EVIDENCE_ENTRIES_SHOWN_MAX = 64
"""Entries that a certificate of use shows; it counts the others."""

EVIDENCE_HEADS_MAX = 128
"""Heads in one certificate: a few for each of 32 parties."""

EVIDENCE_TICKS_MAX = 2_048
"""Ticks in one certificate: an unbroken chain of one party over five hours."""

CONFLICTS_LIVE_MAX = 20_000
"""Conflicts of two parties listed at one time; further ones are counted in one alarm."""

VERSIONS_KEPT = 32
"""Versions of one notice that a node shows, the newest; the record has them all."""

KEY_MESSAGES_MAX = 128
"""Messages about keys and terms of one party on one line.

All of them go along with each certificate, and are gone through for each head; the largest
have 75 kB. Without a bound a party could make what it said impossible to prove.
"""

KEY_CHANGES_UNTIL = 96
"""Of those messages the rest are for what roots have signed: whoever holds a stolen node key
must not use up the place of the message that revokes it. Four keys changed every two months
for four years.
"""

UNDERSTANDINGS_COMPARED_PER_MINUTE_MAX = 2
"""Understandings of one counterpart that are read, so that people see where theirs and ours
differ. The largest takes 0.8 s to read and compare: a fortieth of a core, whoever sends them."""

BASE_MAP_SIZE_BYTES_MAX = 8_388_608
"""A file of coasts and borders to draw on: fifty times the one that goes along."""

BASE_MAP_NUMBERS_MAX = 4_194_304
"""Numbers in such a file: two million points, which take a second or two to draw."""

PICTURE_VOLUMES_MAX = 2_000
"""Volumes drawn in one picture: fifteen times a busy airspace order; more would be one blot."""

PICTURE_POINTS_MAX = 500_000
"""Points along the outlines of one picture: some seconds, and 30 MB as SVG."""

PICTURE_PLACES_MAX = 24
"""Names of places, or of areas, written on one map: more would cover what is drawn."""

PICTURE_NAMES_MAX = 200
"""Names written on a picture of a file; more find no room on a page."""

PRIVATE_KEPT_MAX = 1_000
"""Plans and sites that a party keeps to itself on one line: every post of a theatre."""

PRIVATE_VERTICES_MAX = 100_000
"""Vertices of all of them: a fifth of what one party's live notices may have."""

PRIVATE_NAME_CHARS_MAX = 64
"""The name of a plan or site: one row of a list."""

PRIVATE_ENDED_KEPT = 200
"""Plans and sites that are over and that a node still lists; the journal has them all."""

CHECKS_PER_DAY_MAX = 24
"""Times of a day in a calendar of line checks: hourly, as between Washington and Moscow."""

SERVICES_KEPT = 16
"""Service messages of one party that stand at a time: one for each circuit, the newest."""

OFFERS_KEPT = 32
"""Offers to resume of one party that a node shows, the newest; the record has them all."""

OFFER_REPLIES_WAITING_MAX = 256
"""Answers that name an offer which has not come yet (three parties)."""

DECLARATIONS_READ_MAX = 1_024
"""Declarations of one party that are gone through for the state at an instant of the past.

Three a week for six years; a tenth of a second. Beyond it the state then is not told rather
than told wrong.
"""

RUN_ENTRIES_MAX = 65_536
"""Entries of one whole outbox in a certificate: what its 16 megabytes hold."""

SPEAKS_FOR_MAX = 3
"""For whom one answer speaks: own people, auxiliaries, partners."""

DOCUMENTS_ASKED_MAX = 16
"""Documents asked for in one request for explanation: one page."""

MATTERS_OPEN_MAX = 2_000
"""Matters that one party keeps open on a line: forty days of a busy one; further ones are
recorded and flagged, and no clock runs on them."""

MATTERS_ENDED_KEPT = 20_000
"""Matters that are over and that a node still lists; the record has them all."""

HAPPENINGS_MAX = 64
"""Messages about one matter that its standing follows from; further ones are recorded only."""
SITES_PER_MESSAGE_MAX = 256
"""Entries that one message adds, changes or removes: a list of two hundred goes in one."""

SITES_LIVE_MAX = 5_000
"""Listed sites of one party on one line that are checked: every hospital of a country."""

SITE_VERTICES_MAX = 250_000
"""Vertices of all of them: fifty for each, half of what live notices may have."""

DUPLICATES_NAMED_MAX = 8
"""Of one site so many others are named that it may be given twice with."""

DUPLICATES_COMPARED_MAX = 16
"""Of one site so many neighbours are compared by name: bounds 5,000 in one place to 0.2 s."""

ZONES_LIVE_MAX = 500
"""Zones of one party on one line that are checked: ten for each sector of a long front."""

ZONE_VERSIONS_WAITING_MAX = 4
"""Versions of one zone that wait for their lead time at once: further ones are not checked."""

AGREEMENTS_KEPT = 4_096
"""Agreements to zones that are kept, also of zones that have not come yet (three parties)."""

APPLIES_TO_MAX = 32
"""Kinds to which one zone applies: twice those of an Understanding."""

WAYPOINTS_MAX = 32
"""Waypoints of one movement: its legs and stops make at most `VOLUMES_MAX` volumes."""

VEHICLES_MAX = 64
"""Sorts of vehicles told in one movement: a convoy is told by plates."""

MOVEMENT_HALF_WIDTH_M_MAX = 50_000
"""How far a movement may be from its route: the width of an airway and its offsets."""

MOVEMENT_PEOPLE_MAX = 1_000_000
"""People in one movement: the evacuation of a city."""

DRAFTS_KEPT = 500
"""Drafts of alleged violations that a node lists; the record gives them all again."""

CODED_SIZE_BYTES_MAX = 340
"""One coded message in its short form: what one burst of the smallest satellite terminal
carries. Which bytes it counts is in `domain.record.short_form`."""

CODED_SLOTS_MAX = 6
"""Values of one coded message: what can be read aloud and repeated at once."""

CODE_BOOK_ENTRIES_MAX = 200
"""Entries of a code book: what a watch finds by number; the link of 1976 had six."""

CODE_BOOK_SIZE_BYTES_MAX = 262_144
"""A code book: 200 entries in six languages."""

ASKED_ABOUT_MAX = 2_000
"""Messages of ours without a reading for which a node says when to ask; beyond it the newest."""

UNTRANSLATED_KEPT = 2_000
"""Messages that wait for a linguist on one node; the newest are listed."""

PASSING_KEPT = 2_000
"""Messages of one party that must be passed on, and are watched; further ones are flagged."""

PEOPLE_MAX = 128
"""People of one party on one node, and on one roster: four watches of a large post."""

PERSON_POSTS_MAX = 16
"""Posts at which one person may act."""

PASSKEYS_PER_PERSON_MAX = 4
"""Passkeys of one person: the one in use, a spare, and both again while they are changed."""

ORIGINS_MAX = 4
"""Pages on which officers of one party sign: the officers' port by its names."""

ORIGIN_CHARS_MAX = 280
"""One such page: scheme, host name and port."""

COSE_KEY_SIZE_BYTES_MAX = 128
"""A passkey in COSE: ES256 has 77 bytes, EdDSA 42."""

AUTHENTICATOR_DATA_SIZE_BYTES_MAX = 256
"""What an authenticator says in an assertion: 37 bytes, and small extensions."""

CLIENT_DATA_SIZE_BYTES_MAX = 1_024
"""What a browser says in an assertion: some 150 bytes, and an origin."""

PASSKEY_SIGNATURE_SIZE_BYTES_MAX = 72
"""ES256 in DER has at most 72 bytes, EdDSA 64."""

SIGNED_ACT_ENTRIES_MAX = 10_000
"""From the draft to the message in entries of the outbox: several busy days. An index cannot
be dated back as a time can."""

SIGNED_ACT_AGE_MS_MAX = 90_000_000
"""From the draft to the message: a day, and an hour for clocks. What was signed earlier than
that could be brought out again when nobody thinks of it any more."""

SIGNED_ACTS_REMEMBERED_MAX = 4_096
"""Signed acts of one party by which a repeated one is known: years of declarations."""

DRAFTS_WAITING_MAX = 64
"""Drafts on one line that wait for a second person."""

DRAFT_AGE_MS_MAX = 86_400_000
"""A draft that nobody released in a day is out of date."""

DRAFTS_ENDED_KEPT = 64
"""Drafts that were released, rejected or too old, and that a node still lists."""

SESSIONS_MAX = 256
"""People signed in at one time on one node: each twice."""

SESSIONS_PER_PERSON_MAX = 4
"""Of one person: two desks, and a browser that was closed; the oldest ends."""

SESSION_AGE_MS_MAX = 43_200_000
"""A session ends after twelve hours, the longest watch."""

SESSION_IDLE_MS_MAX = 3_600_000
"""A session that nobody used for an hour ends: its page was closed. An open stream is use."""

SESSION_CLOCK_MS_MAX = 60_000
"""By so much the clock of another station may be ahead that began a session."""

SESSION_UNTOUCHED_MS_MAX = 1_800_000
"""A session that nobody touched for half an hour is locked: a desk was left. Pages lock sooner."""

SIGN_IN_FAILURES_NOTED_PER_MINUTE_MAX = 10
"""Rows of a journal about failed sign-ins: whoever guesses must not fill the disk."""

REFUSALS_LOGGED_PER_MINUTE_MAX = 60
"""Rows of the log file about what the officers' port refused; the others are counted."""

CHALLENGES_MAX = 256
"""Challenges of passkeys that wait for their answer; the oldest is dropped."""

CHALLENGE_AGE_MS_MAX = 300_000
"""A challenge is answered within five minutes, or asked for again."""

LINKS_MAX = 64
"""Sign-in links that wait to be used; the oldest is dropped."""

LINK_AGE_MS_MAX = 900_000
"""A sign-in link serves once, within a quarter of an hour."""

SIGN_IN_FAILURES_MAX = 5
"""Wrong passwords or codes in a row before a name must wait: a six-digit code is not guessed."""

SIGN_IN_WAIT_MS = 10_000
"""How long it waits then; twice as long after each further one."""

SIGN_IN_WAIT_MS_MAX = 300_000
"""And no longer than this: at most 12 guesses in an hour, of a million codes."""

SIGN_IN_FAILURES_AGE_MS_MAX = 3_600_000
"""After so long without a failure they are forgotten."""

SIGN_INS_PER_MINUTE_MAX = 30
"""Attempts to sign in in a minute, of one way and one origin: a password takes 0.1 s or more."""

DEVICE_AGE_MS_MAX = 34_560_000_000
"""How long a browser keeps the mark that it was signed in on: 400 days, as browsers allow."""

REQUESTS_PER_MINUTE_MAX = 600
"""Requests of one session in a minute: a console that looks ten times a second."""

PASSWORD_CHARS_MIN = 12
"""A password of an officer; a second factor goes with it."""

PASSWORD_CHARS_MAX = 200
"""The same: a hash takes no longer than it must."""

HEALTH_CONNECTIONS_MAX = 16
"""Connections at the health port: some monitors, each with one."""

OFFICERS_CONNECTIONS_MAX = 128
"""Connections to the officers' port at one time, streams of events among them."""

CHECKS_READ_MAX = 512
"""Line checks and answers that are gone through for an instant of the past: three weeks of
hourly ones, and far more than hysteresis looks back."""

STATISTICS_PARTS_MAX = 200_000
"""Messages in one statement of a month: a hundred times a busy line's (`docs/guides`)."""

HAPPENINGS_OF_PARTY_MAX = 64
"""The same of each party about a matter that people name: none can use up the place of another."""

HAPPENINGS_OF_PARTY_MIN = 16
"""The same where a line has many parties: to report, inquire, answer and close."""

HAPPENINGS_NAMED_MAX = 512
"""The same of all parties together: ordering them takes some tenths of a second."""

EVIDENCE_LISTED_MAX = 32
"""Pieces of evidence named in one message: a page; a further report names further ones."""

EVIDENCE_FILE_SIZE_BYTES_MAX = 1_073_741_824
"""One file of evidence that is kept beside the record: an hour of video."""

INCIDENT_EVENTS_MAX = 64
"""Events in one report on an incident: what happened minute by minute for an hour."""

INCIDENT_OBJECTS_MAX = 16
"""Sorts of objects of each side in one report, and questions to an inquiry: one page."""

ARTICLES_MAX = 16
"""Articles of the Understanding named in one message."""

ABOUT_MAX = 32
"""Earlier messages that one report or allegation rests on."""

FACTS_MAX = 32
"""Facts agreed, facts that differ, and demands, each a row: two pages of findings."""

REPORTS_KEPT_MAX = 32
"""Reports of one party on one incident that are listed and hold evidence; the record has all."""

HOLDS_MAX = 200
"""Windows that officers hold as evidence at one time, on one line: one for each day of a
bad half-year; they are released by name."""

LEDGER_MAX = 20_000
"""Alleged violations of one party that are counted one by one; further ones in one number."""

CONTACT_TIMES_MAX = 8
"""Times proposed for one contact: what can be read aloud, and answered by one of them."""

CONTACT_PERSONS_MAX = 16
"""Persons wished for at one contact: two delegations at one table."""

CONTACT_WEEKS_MAX = 26
"""Weeks of one recurring contact: half a year, then it is arranged anew. Each occurrence has
a call record, and all of them stay within HAPPENINGS_MAX."""

CALLS_KEPT = 2_000
"""Calls of which media and certificates are kept at hand: a hundred a day for three weeks.
Where an older one stands is known all the same."""

CALL_CANDIDATES_MAX = 16
"""Addresses of one end of a call: four networks of a workstation, each by two versions of
IP, seen from inside and from outside."""

ICE_CHARS_MAX = 256
"""Characters of a name or password of ICE (RFC 8839, 5.4)."""

RELAYS_MAX = 3
"""Relays of one party for the sound of calls: by UDP, by TLS, and a second machine. Browsers
warn of more than four, for each is asked in each call."""

RELAY_CREDENTIAL_S = 600
"""How long a desk may begin to use a relay with what it was told: as long as a call rings and
is set up. A relay looks at it only then, so what has begun goes on."""

VOICE_NOTE_MS_MAX = 60_000
"""How long one voice note sounds: whoever has more to say sends a second one meanwhile."""

VOICE_NOTE_BYTES_MAX = 262_144
"""Its sound: a minute at 32 kbit/s, twice what speech needs; half of one content."""

VOICE_NOTE_PACKETS_MAX = 3_000
"""Its packets: a minute in the 20 ms that encoders use by themselves."""

OPUS_PACKET_BYTES_MAX = 7_650
"""One Opus packet: six frames of 1,275 bytes, which fill 120 ms (RFC 7845, 8)."""

INTERPRETERS_MAX = 8
"""Interpreters of one conversation: two for each of four languages."""

CALL_PERSONS_MAX = 32
"""Persons who took part in one call."""

CALL_POINTS_MAX = 64
"""Points, and values read back, in one call record: some hours of talk."""

CALL_ACTIONS_MAX = 32
"""Actions agreed in one call."""

READOUT_LANGUAGES_MAX = 8
"""Languages of one readout: as many as a text has translations."""

DIFFERENCE_PAIRS_MAX = 40_000
"""Pairs of equal words in two paragraphs that are compared word by word: in a page of prose
there are some thousand; hostile words of so many pairs take a quarter of a second."""

FEED_ENTRIES_MAX = 500
"""Entries of the public feed, the newest; the record has them all."""

FEED_NOTICES_MAX = 2_000
"""Notices, the newest, that are looked through for public ones: a day of ten busy lines."""

HOURS_ROWS_MAX = 16
"""Parts of the hours of watch of one post: two for each day of the week."""

WATCH_MS_MAX = 86_400_000
"""One watch as planned: whoever stays a whole day opens it anew."""

WATCHES_KEPT = 32
"""Watches of one post that a node still lists: ten days; the record has them all."""

BRIEF_ROWS_MAX = 100
"""Rows of one sort in a watch brief: more is read where it stands, and counted here."""

AWAITING_MAX = 10_000
"""Messages that wait to be read, counted one by one: ten busy days; the record has them all."""

EVENTS_KEPT_MAX = 2_048
"""Changes kept for readers of the event stream that come back: half a minute of a busy line."""

EVENTS_KEPT_BYTES_MAX = 8_388_608
"""Bytes of those changes as JSON: a notice with many volumes counts as much as it holds."""

REPLAY_STEP_MS = 10
"""Time between two pauses of a replay of the past: a fifth of what may hold up the loop."""

ACTS_LISTED_MAX = 500
"""Acts of officers in one answer, but for those of one more row: some sheets of paper."""

ACTS_ROWS_MAX = 20_000
"""Rows of a journal looked through for one answer: a fifth of a second, in short steps."""

PRINTED_MESSAGES_MAX = 500
"""Messages on one page of the watch log: some eighty sheets of paper; the next page goes on."""

PRINTED_CHARS_MAX = 2_000_000
"""Letters of the messages on one page: a browser lays them out in some seconds."""

PRINTED_VERSIONS_MAX = 20
"""Versions of a notice compared with each other on one page, the newest."""

PRINTED_PICTURES_MAX = 4
"""Conflicts of a notice drawn for one page: each takes a second and a sheet."""

PICTURES_WAITING_MAX = 16
"""Pictures that wait to be drawn for pages: one is drawn at a time, beside the node."""

PICTURE_S_MAX = 60
"""Seconds that drawing a picture may take: loading the library takes two, the worst three."""

FAULTS_TOLD_MAX = 100
"""Faults of one form that are told at once: more than an officer mends before trying again."""

TRACKS_MAX = 20_000
"""Tracks of one node at one time: twice what the busiest sky of one theatre holds."""

TRACKS_ASSESSED_MAX = 1_000
"""Tracks of one line whose side officers assessed: more than a watch looks at in a day."""

TRACK_ADDRESS_CHARS_MAX = 128
"""What a source knows an object by: a UID of Cursor on Target has some forty letters."""

TRACK_FEEDS_MAX = 4
"""Feeds whose last positions of one object are compared with each other."""

TRACK_TRAIL_POINTS = 32
"""Positions of the past that a track shows, one each ten seconds: five minutes."""

AIR_ALERTS_MAX = 500
"""Alerts about tracks that stand at one time; what finds no room is counted."""

AIR_ALERTS_ENDED_KEPT = 1_000
"""Alerts about tracks that ended and are still listed: a busy day."""

AIR_NOTICED_MAX = 2_000
"""Events of one look at the tracks, the gravest first; four times what can stand."""

AIR_RECORDED_BYTES_MAX = 2_147_483_648
"""Recorded pictures of the air together: half a day of two thousand tracks."""

AIR_RECORDED_ROW_BYTES_MAX = 16_777_216
"""One recorded picture: twenty thousand tracks, and room."""

MOVEMENTS_MATCHED_MAX = 200
"""Tracks that are held against the route of their movement in one look: some 0.1 s."""

ARTICLE_PARAGRAPHS_MAX = 600
"""Paragraphs of a public statement that are kept: the longest press conference has some hundred."""

ARTICLE_CHARS_MAX = 262_144
"""Characters of a public statement that are kept: a hundred pages of print."""

ARTICLE_TITLE_CHARS_MAX = 500
"""Characters of its headline."""

SOURCES_MAX = 200
"""Sources of public statements: every ministry and agency of a theatre, several times."""

OUTLETS_MAX = 16
"""Outlets of one node: each follows all that changes."""

OUTLET_MARKS_MAX = 50_000
"""Marks that one outlet shows on a map; what is beyond is told in its state."""

COT_EVENT_SIZE_BYTES_MAX = 65_507
"""One Cursor on Target event: what one datagram holds."""

COT_POINTS_MAX = 500
"""Points of a shape on a map: as many as a volume has, some 25 kB of XML."""

COT_REMARKS_BYTES_MAX = 4_096
"""Remarks beside a shape; escaped they take five times as much at most."""

OUTLET_TRACKS_MAX = 2_000
"""Tracks that one outlet tells a map: as many as are drawn smoothly, 400 a second."""

OUTLET_WAITING_MAX = 100_000
"""Events that wait for one program; what is beyond is put in from the record later."""

OUTLET_WAITING_BYTES_MAX = 268_435_456
"""Bytes of events that wait for one program."""

FOLDERS_MAX = 16
"""Watched folders of one node."""

FOLDER_FILES_MAX = 1_000
"""Files of a watched folder that are looked at in one go; the others come after them."""

FOLDER_READ_KEPT = 10_000
"""Files of one watched folder that are remembered as read: some years of orders."""

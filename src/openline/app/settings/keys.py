"""Every key of node.toml, with what it is for.

`init` writes the list into the file, `docs/reference/settings.md` is made from it, and a key
that is not in it is refused.
"""

from dataclasses import dataclass
from typing import Final

from openline.app.outlets import settings as outlets


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of `node.toml`.

    Attributes:
        table: The array of tables it belongs to; empty for the top of the file.
        key: Its name.
        kind: `text` or `number`.
        default: What holds when it is absent; None when it must be given.
        example: A value as it is written in the file.
        says: What it is for, in whole sentences.
    """

    table: str
    key: str
    kind: str
    default: str | None
    example: str
    says: str


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("", "party", "text", None, '"alpha.example"',
            "The name of the party whose node this is, as the Understanding writes it."),
    Setting("", "post", "text", None, '"watch"',
            "The post in whose name the command line acts; `--by POST/OFFICER` overrides it."),
    Setting("", "officer", "text", None, '"duty officer"',
            "The officer in whose name the command line acts; `--by POST/OFFICER` overrides it."),
    Setting("", "language", "text", '"en"', '"en"',
            "The language in which free text is written and structured text is printed: en, ru "
            "or ar."),
    Setting("", "base_map", "text", '"natural-earth"', '"our-coasts.bin"',
            "The map beneath pictures: `natural-earth`, which goes along; `none`; or a file that "
            "`scripts/pack_base_map.py` has packed. Borders are disputed: this map is yours to "
            "choose, and decides nothing."),
    Setting("", "store", "text", '"store.sqlite"', '"store.sqlite"',
            "The store with every log: a file, whose relative path begins at the node's "
            "directory; or a database, as `postgresql://USER@HOST:PORT/DATABASE`, which needs "
            "`pip install 'openline[postgresql]'`."),
    Setting("", "store_password_file", "text", "none", '"/run/secrets/openline-store"',
            "A file with the password of that database in one row, which others may not read. "
            "Without it the password comes from where PostgreSQL's tools take it: `PGPASSWORD`, "
            "`PGPASSFILE`, `~/.pgpass`."),
    Setting("", "store_lease_ms", "number", "10000; with --standby 2000", "2000",
            "Milliseconds after its last word for which this station keeps the right to write to "
            "that database, from 1000 to 60000. Shorter: another takes over sooner, also where "
            "the database only falters."),
    Setting("", "anchor", "text", '"anchor"', '"anchor"',
            "A small file outside the database with the sizes and roots last committed, so that "
            "a rotten or restored database is seen. Put it on another disk if there is one."),
    Setting("", "socket", "text", '"openline.sock"', '"openline.sock"',
            "The Unix socket at which officers' programs reach the running node. Whoever may "
            "open it may speak for this party."),
    Setting("", "log_format", "text", '"text"', '"json"',
            "How the log file is written: `text`, or `json` with one object in each row. Neither "
            "holds words of messages."),
    Setting("listener", "circuit", "text", None, '"primary"',
            "The name of the circuit that comes in here. Circuits are used in order of name."),
    Setting("listener", "host", "text", '"0.0.0.0"', '"0.0.0.0"',
            "The address to listen at; `0.0.0.0` or `::` is every address of the machine."),
    Setting("listener", "port", "number", None, "7411",
            "The TCP port to listen at, from 1 to 65535."),
    Setting("counterpart", "party", "text", None, '"bravo.example"',
            "The counterpart to dial. The addresses on its card are dialled in any case; these "
            "come in addition."),
    Setting("counterpart", "circuit", "text", None, '"satellite"',
            "The name of the circuit. Circuits are used in order of name."),
    Setting("counterpart", "host", "text", None, '"192.0.2.7"',
            "The address or name to dial."),
    Setting("counterpart", "port", "number", None, "7411",
            "The TCP port to dial, from 1 to 65535."),
    Setting("officers", "listen", "text", None, '"127.0.0.1:8443"',
            "The address and TCP port of the officers' port. Without this table there is none, "
            "and only the socket serves officers' programs."),
    Setting("officers", "origin", "text", "made of `listen`", '"https://officers.alpha.example"',
            "The page as browsers write it: scheme, host name, port. Passkeys are made for its "
            "host name and serve nowhere else. By default `localhost` and the port, with `https` "
            "where there is a certificate."),
    Setting("officers", "certificate", "text", '"own"', '"officers.pem"',
            "A PEM file with a certificate and its key. `own` makes a self-signed one, of which "
            "browsers warn and for which they refuse passkeys; `none` serves without TLS, at a "
            "loopback address only."),
    Setting("statements", "contact", "text", "the party's name", '"mailto:press@alpha.example"',
            "Whom the server of a page can ask what asks it: an address of mail or of a page. It "
            "stands in every request."),
    Setting("statements", "proxy", "text", "none", '"http://192.0.2.8:3128"',
            "An HTTP proxy through which pages are asked for. Names are then resolved there: that "
            "it asks no machine of your own is for it to see to."),
    Setting("statements", "allow", "text", "none", '"10.1.2.0/24, 192.0.2.7"',
            "Networks and addresses, parted by commas, that are not public and may be asked all "
            "the same. No other private, loopback or link-local address ever is."),
    Setting("source", "name", "text", None, '"their-ministry"',
            "What the source is called: lower-case letters, digits, hyphens."),
    Setting("source", "address", "text", None, '"https://ministry.example/news/feed.xml"',
            "The address of a feed (RSS, Atom, JSON), of a sitemap, or of one page."),
    Setting("source", "kind", "text", '"list"', '"list"',
            "`list` for a feed or a sitemap, whose pages are followed; `page` for one page."),
    Setting("source", "selector", "text", "looked for", '"div.statement"',
            "A CSS selector of the element that holds the statement, where it is not found by "
            "itself."),
    Setting("source", "language", "text", "not known", '"ru"',
            "The language of its pages, as ISO 639 code."),
    Setting("source", "interval_min", "number", "as the back-off says", "15",
            "The least time between two looks at a page, in minutes."),
    Setting("source", "quiet_days", "number", "40", "40",
            "After how many days without a change a page is not looked at any more."),
    Setting("source", "line", "text", "the only line", '"syria-air"',
            "The line on whose journal it goes down what was seen and when."),
    Setting("source", "match", "text", "all pages", '"/statements/"',
            "Of a list: only pages whose address holds this are followed."),
    Setting("source", "extractor", "text", '"openline"', '"trafilatura"',
            "What reads its pages: `openline`, or `trafilatura`, which is installed by "
            "`pip install 'openline[trafilatura]'` and takes no selector."),
    Setting("air", "preset", "text", '"short-term"', '"short-term"',
            "How near two tracks may come, and how far ahead that is looked for: `daidalus` "
            "(0.66 NM, 450 ft, 35 s), `short-term` (3 NM, 700 ft, 2 min) or `medium-term` "
            "(5 NM, 1000 ft, 20 min)."),
    Setting("air", "pairs", "text", '"own"', '"every"',
            "Which two tracks are looked at: `own` (one of ours with any other) or `every`."),
    Setting("air", "ahead_s", "number", "120", "120",
            "How far ahead in seconds an entry into a notice, zone or site is looked for; from "
            "10 to 1800."),
    Setting("air", "notice_m", "number", "3704", "3704",
            "How near in metres to a notice counts as entering it soon; from 0 to 100000."),
    Setting("air", "site_m", "number", "3704", "3704", "The same of a site."),
    Setting("air", "zone_m", "number", "1852", "1852", "The same of a zone."),
    Setting("air", "vertical_m", "number", "150", "150",
            "How near in height counts as entering soon, in metres; from 0 to 10000."),
    Setting("air", "ours", "text", "none", '"4ca7b5, 500000-5000ff"',
            "The 24-bit addresses of this party's own aircraft, parted by commas, and ranges of "
            "them: what bears one is claimed to be ours, whichever feed sees it. An address can "
            "be sent by anybody, so it stays a claim."),
    Setting("air", "record_h", "number", "24", "24",
            "How many hours of the air picture are recorded, in `air/` beside this file, and "
            "replayed by `openline tracks replay`; 0 records nothing, at most 168."),
    Setting("feed", "name", "text", None, '"north-mast"',
            "What the feed is called: lower-case letters, digits, hyphens; at most 32."),
    Setting("feed", "kind", "text", None, '"asterix"',
            "Its format: `sbs` (BaseStation rows, port 30003 of dump1090 and readsb), `beast` "
            "(frames of Mode S, port 30005), `asterix` (categories 021, 034, 048 and 062), "
            "`geojson` (a Feature in each row) or `cot` (Cursor on Target in XML, as maps and "
            "servers of the TAK family send it)."),
    Setting("feed", "source", "text", None, '"udp:0.0.0.0:8600"',
            "Where it comes from: `tcp:HOST:PORT` is dialled, for ever; `udp:ADDRESS:PORT` is "
            "listened at, an address of this machine or a group of IPv4; `tls:HOST:PORT` is "
            "dialled over TLS; `file:PATH` is read from its beginning, and then what is "
            "appended. A relative path begins at the node's "
            "directory. What comes from there is believed as that source: name only your own."),
    Setting("feed", "senders", "text", "this machine", '"192.0.2.8, 192.0.2.9"',
            "For `udp:` the IP addresses whose datagrams are taken; all others are refused and "
            "counted. Senders of datagrams can be forged: keep them on a network of your own."),
    Setting("feed", "trusted", "text", "the system's authorities", '"tak-server.pem"',
            "With `tls:` a PEM file with the authority of the server, or with the server's own "
            "certificate, which is then pinned."),
    Setting("feed", "certificate", "text", "none", '"tak-client.pem"',
            "With `tls:` a PEM file with the certificate that the server asks for, and its key."),
    Setting("feed", "trust", "number", "5", "5",
            "From 1 to 9: where feeds disagree about one object, the larger is believed."),
    Setting("feed", "accuracy_m", "number", "not known", "200",
            "Radius in metres within which its positions hold with 95 %, for messages that do "
            "not say it themselves; from 1 to 100000."),
    Setting("feed", "affiliation", "text", "as its messages say", '"ours"',
            "Whose everything is that it tells of: `ours` (receivers of our own transponders), "
            "`theirs` (of the other party) or `unknown` (what its messages claim is not "
            "believed)."),
    Setting("feed", "receiver_at", "text", "not known", '"34.490, 36.909"',
            "Latitude and longitude of the receiver, in degrees. `beast` needs it to place what "
            "is on the ground before it was seen in the air."),
    Setting("outlet", "name", "text", None, '"operations-room"',
            "What the outlet is called; `openline outlets` shows how it does."),
    Setting("outlet", "address", "text", None, '"https://logbook.alpha.example/openline"',
            "Where to: `tls://` or `tcp://` and the address of a TAK server; `udp://` and that "
            "of one receiver or of a multicast group, such as `udp://239.2.3.1:6969`; or "
            "`https://` and the address to which events are posted (a webhook)."),
    Setting("outlet", "shows", "text", f'"{outlets.SHOWS_DEFAULT}"', '"notices zones conflicts"',
            "What it shows, of: notices, movements, sites, zones, conflicts, alarms, private; a "
            "webhook also messages, matters, watches and state, and by default all of them. What "
            "is private goes out only where it is named here."),
    Setting("outlet", "line", "text", "every line", '"syria-air"',
            "The only line that it shows."),
    Setting("outlet", "tracks", "text", "none", '"own"',
            "Of a map, which tracks of this node it is told: `own` (those claimed or assessed to "
            "be ours) or `all`. Whoever reads the map then knows what your feeds see."),
    Setting("outlet", "stale_s", "number", str(outlets.STALE_S_DEFAULT), "3600",
            "After so many seconds without a word from the node a map holds a mark for stale, "
            "from 30 to 86400. Each mark is said again at half of it."),
    Setting("outlet", "certificate", "text", "none", '"tak-client.pem"',
            "With `tls` or `https`, a PEM file with the certificate that the server asks for, and "
            "its key."),
    Setting("outlet", "trusted", "text", "the system's authorities", '"tak-server.pem"',
            "With `tls` or `https`, a PEM file with the authority of the server, or with the "
            "server's own certificate, which is then pinned."),
    Setting("outlet", "secret", "text", "none", '"hook.secret"',
            "Of a webhook, which must have it, a file that only the node's account may read: one "
            "row `whsec_` and 24 to 64 random bytes in base64, two while it is being changed."),
    Setting("folder", "name", "text", None, '"orders"',
            "What the folder is called; its drafts bear the name."),
    Setting("folder", "path", "text", None, '"/srv/orders"',
            "The folder. Files that appear in it are read, and put away into `done` or `refused` "
            "within it."),
    Setting("folder", "line", "text", "the only line of the node", '"syria-air"',
            "The line on which the drafts are."),
    Setting("folder", "category", "text", "none", '"flight"',
            "What a notice is about of which the file does not say it."),
    Setting("folder", "kind", "text", "none", '"air"',
            "What acts, where the file does not say it."),
    Setting("folder", "radius_m", "number", "none", "5000",
            "How far points and lines reach, where the file does not say it."),
    Setting("health", "listen", "text", '"127.0.0.1:9411"', '"127.0.0.1:9411"',
            "The address and TCP port of the health port: /livez, /readyz, /linez and /metrics, "
            "without signing in. By default only this machine reaches it; who does learns the "
            "names of lines and parties, and how they are."),
    Setting("telephone", "relay", "text", "none", '"turn:turn.alpha.example:3478"',
            "The TURN relay of this party, as `turn:` or `turns:` address; up to three, parted by "
            "commas. Our officers' browsers send and hear through it. Without one no sound goes, "
            "unless `way` allows it; see docs/guides/telephone.md."),
    Setting("telephone", "relay_secret_file", "text", "none", '"relay.secret"',
            "A file with the secret that the relay has as `static-auth-secret`, readable by the "
            "node's account alone. The node makes a credential of ten minutes from it for a call."),
    Setting("telephone", "way", "text", '"relay"', '"direct"',
            "`relay`: sound goes through our relay alone, and the other side learns no address of "
            "our desks. `direct`: browsers tell theirs and reach each other, and use the relay, if "
            "there is one, where that does not go. Write `direct` where the parties agreed on it."),
    Setting("telephone", "addresses", "text", '"public"', '"public, private"',
            "Which addresses of the other end of a call our officers' browsers try, parted by "
            "commas: `public`, `private` (inner networks, also our own) and `loopback` (this "
            "machine). Addresses of other sorts are left out, and told."),
)  # fmt: skip

TABLES: Final = {
    "listener": "An address at which counterparts may dial this node; one table for each.",
    "counterpart": "An address of a counterpart that this node dials; one table for each.",
    "officers": "The port at which officers sign in; see `openline people`. There is one at most.",
    "statements": "How public pages are looked at; see `openline statements`. One table at most.",
    "source": "A source of public statements that is followed; one table for each.",
    "air": "What is noticed about tracks; see `openline tracks`. There is one at most.",
    "feed": "A source of sightings that this party runs or trusts; one table for each. What it "
    "tells stays on this node.",
    "outlet": "A map or tool of the party's own that is shown what the node knows, one-way; one "
    "table for each.",
    "folder": "A folder in which orders appear: each becomes drafts that an officer releases; one "
    "table for each.",
    "health": "The port at which monitors ask how the node is. There is one at most.",
    "telephone": "How the sound of calls may go; see `openline call`. There is one at most.",
}

SOLE_TABLES: Final = ("officers", "statements", "air", "health", "telephone")
"""Tables of which there is one at most: written with single brackets."""

"""Settings: what `init` writes is read back, and every fault names its row."""

import tomllib
from pathlib import Path

import pytest

from openline.adapters.surveillance.feed import Feed, FeedKind, Source, Transport
from openline.app.config import FILE_NAME, FILE_SIZE_BYTES_MAX, Config, load_config
from openline.app.settings.circuits import Circuit, Listener
from openline.app.settings.first_text import config_text
from openline.app.settings.keys import SETTINGS
from openline.domain.errors import OurError
from openline.domain.space.own_addresses import NO_ADDRESSES
from openline.domain.space.sighting import Affiliation
from openline.domain.talk.media import Reach
from openline.engine.air_watch import AirRules

LEAST = 'party = "alpha.example"\npost = "air-duty"\nofficer = "duty officer"\n'


def load(directory: Path, text: str) -> Config:
    (directory / FILE_NAME).write_text(text, encoding="utf-8")
    return load_config(directory)


def refused(directory: Path, text: str) -> str:
    with pytest.raises(OurError) as caught:
        load(directory, text)
    return caught.value.what


def written(**changes: str) -> str:
    values = {"party": "alpha.example", "post": "air-duty", "officer": "O", "language": "ru"}
    values |= changes
    return config_text(**values, listeners=(Listener("primary", "127.0.0.1", 7411),))


def test_what_init_writes_is_read_back(tmp_path: Path) -> None:
    """The file that `init` writes gives the settings it was made from."""
    config = load(tmp_path, written())
    assert config == Config(
        directory=tmp_path,
        party="alpha.example",
        post="air-duty",
        officer="O",
        listeners=(Listener("primary", "127.0.0.1", 7411),),
        counterparts=(),
        store=tmp_path / "store.sqlite",
        anchor=tmp_path / "anchor",
        socket=tmp_path / "openline.sock",
        language="ru",
    )


def test_what_init_writes_explains_every_key(tmp_path: Path) -> None:
    """The file that `init` writes holds each setting with its explanation."""
    text = written()
    words = " ".join(text.replace("#", " ").split())
    for setting in SETTINGS:
        assert f"{setting.key} = " in text or f"{setting.key}: " in text
        assert " ".join(setting.says.split()) in words
    assert all(len(row) <= 100 for row in text.splitlines())


@pytest.mark.parametrize("officer", ['O"Hara', "back\\slash", "Иванов", "ملازم"])
def test_names_in_any_script_are_written_and_read(tmp_path: Path, officer: str) -> None:
    """An officer's name with quotes or in another script survives the file."""
    assert load(tmp_path, written(officer=officer)).officer == officer


def test_the_quiet_examples_are_valid_settings(tmp_path: Path) -> None:
    """Taking the comment sign off every example gives a file that is read."""
    rows = []
    for row in config_text(
        party="alpha.example", post="p", officer="o", language="en", listeners=()
    ).splitlines():
        quiet = row.removeprefix("# ")
        # The outlet of the example is a webhook, and tracks are told to maps alone.
        is_setting = quiet.startswith("[") or any(
            quiet.startswith(f"{setting.key} = ") for setting in SETTINGS if setting.key != "tracks"
        )
        rows.append(quiet if is_setting else row)
    config = load(tmp_path, "\n".join(rows))
    assert config.listeners == (Listener("primary", "0.0.0.0", 7411),)
    assert config.counterparts == (Circuit("bravo.example", "satellite", "192.0.2.7", 7411),)
    assert config.officers is not None
    assert config.officers.relying_party == "officers.alpha.example"


def test_paths_begin_at_the_directory_of_the_node(tmp_path: Path) -> None:
    """A relative path begins at the node's directory, an absolute one stands."""
    config = load(tmp_path, LEAST + 'store = "db/s.sqlite"\nanchor = "/var/anchor"\n')
    assert config.store == tmp_path / "db/s.sqlite"
    assert config.anchor == Path("/var/anchor")
    assert config.root_keys == tmp_path / "keys" / "root"
    assert config.own_card == tmp_path / "cards" / "alpha.example.card"
    assert {config.lines, config.certificates, config.log} == {
        tmp_path / "lines",
        tmp_path / "certificates",
        tmp_path / "openline.log",
    }


def test_a_directory_without_a_node_is_named(tmp_path: Path) -> None:
    """Where no node lives, the error says so and how to make one."""
    with pytest.raises(OurError) as caught:
        load_config(tmp_path)
    assert str(tmp_path) in caught.value.what
    assert "openline init" in caught.value.remedy


LISTENER = '[[listener]]\ncircuit = "a"\nport = 1\n'
COUNTERPART = '[[counterpart]]\nparty = "b.example"\ncircuit = "a"\nhost = "h"\nport = 1\n'


@pytest.mark.parametrize(
    ("text", "row", "words"),
    [
        (LEAST + "x = \n", 4, "not TOML"),
        (LEAST + "colour = 1\n", 4, "colour: this key is not known"),
        (LEAST + "[[listner]]\n", 4, "listner: this key is not known"),
        (LEAST + "listener = 3\n", 4, "[[listener]]"),
        (LEAST + "[listener]\nport = 1\n", 4, "[[listener]]"),
        ('party = "Alpha"\n', 1, "not a party name"),
        ("party = 3\n", 1, "in quotation marks"),
        ('post = "x"\nparty = ""\n', 2, "empty"),
        ('party = "a.example"\npost = "a\\u202Eb"\n', 2, "not printable"),
        ('party = "a.example"\npost = "' + 201 * "x" + '"\n', 2, "longer"),
        (LEAST + 'language = "english"\n', 4, "not a language"),
        (LEAST + '[[listener]]\nhost = "h"\nport = 1\n', 4, "listener.circuit: it is missing"),
        (LEAST + LISTENER + "\n" + LISTENER, 9, "named twice"),
        (LEAST + LISTENER + '[[listener]]\ncircuit = "b"\n', 7, "listener.port: it is missing"),
        (LEAST + LISTENER + '[[listener]]\ncircuit = "b"\nport = 0\n', 9, "from 1 to 65535"),
        (LEAST + '[[listener]]\ncircuit = "B b"\nport = 1\n', 5, "not a circuit name"),
        (LEAST + '[[listener]]\ncircuit = "b"\nhost = "a b"\nport = 1\n', 6, "not an address"),
        (LEAST + COUNTERPART + COUNTERPART, 11, "named twice"),
        (LEAST + COUNTERPART.replace('"b.ex', '"alpha.ex'), 5, "our own name"),
        (LEAST + COUNTERPART.replace('host = "h"\n', ""), 4, "counterpart.host: it is missing"),
        (LEAST + COUNTERPART + "speed = 1\n", 9, "counterpart.speed"),
        (LEAST + LISTENER + "port = " + 5_000 * "9" + "\n\n", 7, "listener.port: a number has"),
        ("party = [\n" + 4_000 * "[\n" + "]" * 4_001, None, "party: it is nested too deeply"),
        (LEAST + "\nx = " + 3_000 * "{x=" + "1" + 3_000 * "}", 5, "x: it is nested too deeply"),
        ("9 = 9\n[" + 2_000 * "[" + "\n", 2, "not TOML"),
    ],
)
def test_a_fault_names_file_row_and_key(
    tmp_path: Path, text: str, row: int | None, words: str
) -> None:
    """A wrong setting is refused with the file, the row and what is wrong."""
    what = refused(tmp_path, text)
    assert what.startswith(f"{tmp_path / FILE_NAME}, row {row or ''}")
    assert row is None or what.startswith(f"{tmp_path / FILE_NAME}, row {row}:")
    assert words in what


@pytest.mark.parametrize("key", ["party", "post", "officer"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    """A setting that must be given and is not is named."""
    text = "".join(row + "\n" for row in LEAST.splitlines() if not row.startswith(key))
    assert f"{key}: it is missing" in refused(tmp_path, text)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 and a file beyond the bound are refused by name."""
    path = tmp_path / FILE_NAME
    path.write_bytes(b"party = \xff\n")
    with pytest.raises(OurError, match="not UTF-8"):
        load_config(tmp_path)
    path.write_bytes(b"#" * (FILE_SIZE_BYTES_MAX + 1))
    with pytest.raises(OurError, match="larger"):
        load_config(tmp_path)


def test_too_many_listeners_are_refused(tmp_path: Path) -> None:
    """More listeners than circuits may be are refused with both numbers."""
    text = LEAST + "".join(f'[[listener]]\ncircuit = "c{n}"\nport = 1\n' for n in range(17))
    assert "there are 17, at most 16" in refused(tmp_path, text)


def test_the_written_file_is_plain_toml() -> None:
    """The file that `init` writes is TOML to any other reader."""
    assert tomllib.loads(written())["party"] == "alpha.example"


def test_an_officers_port_has_its_defaults(tmp_path: Path) -> None:
    """Without the table there is no port; with an address it is `localhost` with a certificate."""
    assert load(tmp_path, LEAST).officers is None
    port = load(tmp_path, LEAST + '[officers]\nlisten = "127.0.0.1:8443"\n').officers
    assert port is not None
    assert (port.host, port.port, port.is_own) == ("127.0.0.1", 8443, True)
    assert (port.origin, port.relying_party) == ("https://localhost:8443", "localhost")
    assert port.certificate == tmp_path / "officers-own.pem"
    bare = '[officers]\nlisten = "[::1]:8080"\ncertificate = "none"\n'
    port = load(tmp_path, LEAST + bare).officers
    assert port is not None
    assert (port.host, port.origin, port.certificate) == ("::1", "http://localhost:8080", None)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", "officers.listen: it is missing"),
        ('listen = "8443"', "is not an address and a port"),
        ('listen = "127.0.0.1:99999"', "is not an address and a port"),
        ('listen = "127.0.0.1:0"', "is not an address and a port"),
        ('listen = "0.0.0.0:80"\ncertificate = "none"', "leaves 0.0.0.0 open"),
        ('listen = "h:80"\ncertificate = "none"', "leaves h open"),
        ('listen = "h:80"\norigin = "ftp://x"', "is not scheme, host name and port"),
        ('listen = "h:80"\norigin = "https://x/y"', "is not scheme, host name and port"),
        ('listen = "h:80"\norigin = "http://x.example"', "no page on which browsers"),
        ('listen = "h:80"\ncolour = "red"', "this key is not known"),
    ],
)
def test_a_port_that_cannot_be_is_refused(tmp_path: Path, rows: str, said: str) -> None:
    """An address, page or certificate that cannot serve officers is named with its row."""
    assert said in refused(tmp_path, f"{LEAST}[officers]\n{rows}\n")


def test_what_is_noticed_about_tracks_is_set_in_one_table(tmp_path: Path) -> None:
    """The table [air] changes what it names, and leaves the rest as it is."""
    text = LEAST + '[air]\npreset = "daidalus"\npairs = "every"\nahead_s = 300\nsite_m = 0\n'
    rules = load(tmp_path, text).air
    assert (rules.preset, rules.is_every_pair, rules.ahead_s) == ("daidalus", True, 300.0)
    assert (rules.site_m, rules.zone_m) == (0, AirRules().zone_m)
    assert load(tmp_path, LEAST).air == AirRules()
    assert load(tmp_path, LEAST + "[air]\nrecord_h = 0\n").record_h == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("preset = 'acas'", "none of: daidalus, short-term, medium-term"),
        ("pairs = 'some'", "neither own nor every"),
        ("ahead_s = 5", "from 10 to 1800"),
        ("notice_m = -1", "from 0 to 100000"),
        ("speed = 1", "not known"),
    ],
)
def test_a_wrong_rule_about_tracks_is_named(tmp_path: Path, text: str, says: str) -> None:
    """A fault in the table [air] says what would be right."""
    assert says in refused(tmp_path, f"{LEAST}[air]\n{text}\n")


FEED = '[[feed]]\nname = "mast"\nkind = "sbs"\n'
RADAR = '[[feed]]\nname = "radar"\nkind = "asterix"\nsource = "udp:239.1.2.3:8600"\n'


def test_where_addresses_of_calls_may_lead(tmp_path: Path) -> None:
    """Nothing in our own house unless it is set; an unknown word is named with its row."""
    assert load(tmp_path, LEAST).telephone.reaches == (Reach.PUBLIC,)
    told = LEAST + '[telephone]\naddresses = "loopback, public"\n'
    assert load(tmp_path, told).telephone.reaches == (Reach.PUBLIC, Reach.LOOPBACK)
    says = refused(tmp_path, LEAST + '[telephone]\naddresses = "inner"\n')
    assert "row 5: telephone.addresses: 'inner' is none of: public, private, loopback" in says


def test_sound_goes_through_a_relay_unless_it_is_set(tmp_path: Path) -> None:
    """Relays are read with their secret, which must be named; nothing set means not directly."""
    usual = load(tmp_path, LEAST).telephone
    assert (usual.is_direct, usual.relays, usual.secret_file) == (False, (), None)
    relays = 'relay = "turn:turn.alpha.example, turns:turn.alpha.example"\n'
    told = f'{LEAST}[telephone]\n{relays}relay_secret_file = "relay.secret"\n'
    found = load(tmp_path, told).telephone
    assert [one.port for one in found.relays] == [3_478, 5_349]
    assert found.secret_file == tmp_path / "relay.secret"
    assert load(tmp_path, f'{told}way = "direct"\n').telephone.is_direct


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('relay = "turn:a"', "telephone.relay_secret_file: it is missing, and there is a relay"),
        ('relay = "stun:a"', "'stun:a' is not the address of a relay"),
        ('relay = "turn:a, turn:b, turn:c, turn:d"', "there are 4, at most 3 may be"),
        ('way = "both"', "telephone.way: 'both' is none of: relay, direct"),
    ],
)
def test_a_wrong_way_of_sound_is_named(tmp_path: Path, text: str, says: str) -> None:
    """A fault in the table [telephone] says what would be right."""
    assert says in refused(tmp_path, f"{LEAST}[telephone]\n{text}\n")


def test_feeds_are_read(tmp_path: Path) -> None:
    """A feed is dialled or read from a file beside the node, and has its trust."""
    text = LEAST + FEED + 'source = "tcp:[::1]:30003"\n'
    text += FEED.replace("mast", "log") + 'source = "file:a.sbs"\ntrust = 9\naccuracy_m = 50\n'
    text += 'receiver_at = "-34.5,36.909"\n'
    mast, log = load(tmp_path, text).feeds
    assert mast == Feed("mast", FeedKind.SBS, Source(Transport.TCP, "::1", 30_003))
    assert str(mast.source) == "tcp:[::1]:30003"
    assert log.source == Source(Transport.FILE, path=tmp_path / "a.sbs")
    [one] = load(tmp_path, LEAST + RADAR + 'senders = "192.0.2.8, ::1"\n').feeds
    assert one.source == Source(Transport.UDP, "239.1.2.3", 8_600, senders=("192.0.2.8", "::1"))
    assert (log.trust, log.accuracy_m, log.receiver_at) == (9, 50, (-34.5, 36.909))


def test_whose_tracks_are_may_be_set(tmp_path: Path) -> None:
    """A feed may be of our own objects, and addresses of ours are read with their ranges."""
    text = LEAST + '[air]\nours = "4CA7B5, 500000-5000ff"\n' + FEED + 'source = "file:a"\n'
    config = load(tmp_path, text + 'affiliation = "ours"\n')
    assert config.feeds[0].affiliation is Affiliation.OWN
    found = [one in config.own_addresses for one in ("icao:4ca7b5", "icao:500100", "icao:5000ff")]
    assert found == [True, False, True]
    assert load(tmp_path, LEAST).own_addresses == NO_ADDRESSES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4ca7b", "is neither six hexadecimal digits nor a range"),
        ("4ca7b5-4ca7b0", "ends before it begins"),
        (", ".join(["4ca7b5"] * 101), "too long"),
    ],
)
def test_addresses_that_are_none(tmp_path: Path, text: str, words: str) -> None:
    """What is no address or range is named with its row."""
    assert words in refused(tmp_path, LEAST + f'[air]\nours = "{text}"\n')


@pytest.mark.parametrize(
    ("rows", "row", "words"),
    [
        ('source = "file:a"\naffiliation = "own"\n', 8, "is none of: ours, theirs, unknown"),
        ('source = "30003"\n', 7, "begins with none of tcp:"),
        ('source = "tcp:127.0.0.1"\n', 7, "is not an address and a port"),
        ('source = "tcp:127.0.0.1:0"\n', 7, "is not an address and a port"),
        ('source = "file:"\n', 7, "names no file"),
        ("", 4, "it is missing"),
        ('source = "udp:radar:8600"\n', 7, "is not the IP address"),
        ('source = "udp:ff02::1:8600"\n', 7, "only groups of IPv4"),
        ('source = "udp:127.0.0.1:8600"\n', 7, "sbs comes by `tcp:` or `file:`"),
        ('source = "file:a"\nsenders = "::1"\n', 8, "begin with `udp:`"),
        ('source = "file:a"\n' + RADAR + 'senders = "radar"\n', 12, "is no IP address"),
        ('source = "file:a"\nreceiver_at = "91, 0"\n', 8, "is not latitude and longitude"),
        ('source = "file:a"\nreceiver_at = "north"\n', 8, "is not latitude and longitude"),
        ('source = "file:a"\ntrust = 0\n', 8, "from 1 to 9"),
        ('source = "file:a"\n' + FEED + 'source = "file:a"\n', 9, "named twice"),
        ('source = "file:a"\n' + FEED.replace("mast", "b").replace("sbs", "S"), 10, "is none of: "),
        ('source = "file:a"\n' + FEED.replace("mast", "A b"), 9, "is not a feed's name"),
    ],
)
def test_a_feed_that_is_wrong_is_named_by_row(
    tmp_path: Path, rows: str, row: int, words: str
) -> None:
    """A fault in a feed's table says which row and what would be right."""
    what = refused(tmp_path, LEAST + FEED + rows)
    assert f"row {row}: feed." in what
    assert words in what

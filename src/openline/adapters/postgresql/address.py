"""Where a database is, and how it is reached; a password stands in no address.

An address is the URL that every tool of PostgreSQL knows. The password comes from a file
that the settings name, or as those tools take it: from `PGPASSWORD`, `PGPASSFILE` or
`~/.pgpass`. So nothing that is printed or logged from an address holds it.
"""

import ipaddress
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from openline.domain.errors import OurError

if TYPE_CHECKING:
    import psycopg

SCHEMES: Final = ("postgresql", "postgres")

_SECRETS: Final = frozenset({"password", "sslpassword"})
_PASSWORD_FILE_BYTES_MAX: Final = 4_096
_ADDRESS_FORM: Final = "postgresql://USER@HOST:PORT/DATABASE"

_USUAL: Final[dict[str, Any]] = {
    "application_name": "openline",
    "client_encoding": "UTF8",
    "connect_timeout": 10,
    # A cut cable is noticed within seconds, whoever is silent.
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""What holds where the address says nothing else."""

_REFUSED: Final = re.compile(r"authenti|password|pg_hba|role .* does not exist", re.IGNORECASE)


class DatabaseAway(OurError):
    """Nobody answers at the address of a database."""


class DatabaseUnfit(OurError):
    """What waiting does not mend: the wrong database, user, password or program."""


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where the database of a node is.

    Attributes:
        url: As the settings have it; without a password.
        password_file: The file with the password, if one is named.
    """

    url: str
    password_file: Path | None = None

    def __str__(self) -> str:
        """Server and database, for people; nothing that is secret."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}{parts.path}"


def is_address(text: str) -> bool:
    """Whether a text is meant as the address of a database, right or wrong."""
    return text.partition("://")[0] in SCHEMES and "://" in text


def parse_address(text: str, password_file: Path | None = None) -> DatabaseAddress:
    """The address in a text.

    Raises:
        ValueError: It is none, or holds a password; the text is not repeated.
    """
    try:
        parts = urlsplit(text)
        asked = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError(f"it is no address of a database, such as {_ADDRESS_FORM}") from None
    user, _, _ = parts.netloc.rpartition("@")
    if ":" in user or _SECRETS & {name for name, _ in asked}:
        raise ValueError(
            "a password must not stand in it; put it into a file of its own and name that as "
            "store_password_file"
        )
    if parts.scheme not in SCHEMES or not parts.path.strip("/") or parts.fragment:
        raise ValueError(f"it is no address of a database, such as {_ADDRESS_FORM}")
    return DatabaseAddress(text, password_file)


def connect(
    address: DatabaseAddress,
    beside: "psycopg.Connection[Any] | None" = None,
    *,
    timeout_s: int | None = None,
) -> "psycopg.Connection[Any]":
    """A connection that commits each statement by itself unless told otherwise.

    Args:
        address: Where to.
        beside: Go to the very server that this connection goes to.
        timeout_s: For how long at most; None for as the address says.

    Raises:
        DatabaseAway: Nobody answers.
        DatabaseUnfit: psycopg is not installed, or who answers refuses this user.
        OurError: The password cannot be read.
    """
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise DatabaseUnfit(
            f"A store at {address} needs psycopg, which cannot be loaded: {error}.",
            "Install it: pip install 'openline[postgresql]'.",
        ) from None
    password = _password(address)
    try:
        words = _USUAL | dict(conninfo_to_dict(address.url))
    except psycopg.Error:
        # What the library says repeats parts of the text.
        raise DatabaseUnfit(
            f"{address} is no address that the PostgreSQL client reads.",
            f"Write it as {_ADDRESS_FORM}.",
        ) from None
    if not _is_local(str(words.get("host") or "")):
        words.setdefault("sslmode", "verify-full")
    if password:
        words["password"] = password
    if timeout_s is not None:
        words["connect_timeout"] = timeout_s
    if beside is not None:
        words |= _server_of(beside)
    try:
        return psycopg.connect(**words, autocommit=True)
    except psycopg.Error as error:
        raise _not_reached(address, said_by(error, password)) from None


def said_by(error: Exception, hidden: str = "") -> str:
    """What the client or the server said, in one row, without what is to be hidden."""
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return text.replace(hidden, "…") if hidden else text


def _not_reached(address: DatabaseAddress, says: str) -> OurError:
    if _REFUSED.search(says):
        return DatabaseUnfit(
            f"The database {address} lets this node not in: {says}.",
            "See to the user in `store`, and to the password in the file that "
            "`store_password_file` names.",
        )
    return DatabaseAway(
        f"The database {address} is not reached: {says}.",
        "See that it runs and that `store` in node.toml names it; then start the node again.",
    )


def _password(address: DatabaseAddress) -> str:
    path = address.password_file
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise OurError(f"{path} may be read by others.", f"chmod 600 {path}")
            found = file.read(_PASSWORD_FILE_BYTES_MAX).decode().strip("\r\n")
    except OSError as error:
        raise OurError(
            f"{path} cannot be read: {error.strerror}.",
            "Put the password of the database into it, and nothing else.",
        ) from None
    except UnicodeDecodeError:
        raise OurError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    if not found or not found.isprintable():
        raise OurError(
            f"{path} holds no password.", "Put the password into it, in one row and nothing else."
        )
    return found


def _server_of(connection: "psycopg.Connection[Any]") -> dict[str, Any]:
    """Host and port of the one server, of several in an address, that it goes to."""
    info = connection.info
    server: dict[str, Any] = {"host": info.host, "port": info.port}
    with suppress(Exception):
        # Absent for a Unix socket, and in a libpq that is old.
        server["hostaddr"] = info.hostaddr or None
    return server


def _is_local(hosts: str) -> bool:
    """Whether nothing goes over a network: Unix sockets and loopback addresses."""
    return all(_is_local_host(host) for host in hosts.split(","))


def _is_local_host(host: str) -> bool:
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

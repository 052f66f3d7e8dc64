"""The party's own tools: what they are shown, and where they leave orders."""

from functools import partial
from pathlib import Path

from openline.app.folders.settings import Folder
from openline.app.outlets import settings
from openline.app.outlets.settings import Outlet
from openline.app.settings.table import File, Table
from openline.domain.limits import FOLDERS_MAX, OUTLETS_MAX, RADIUS_M_MAX


def outlets(file: File) -> tuple[Outlet, ...]:
    """The tables `outlet`."""
    found: list[Outlet] = []
    for table in file.each("outlet", OUTLETS_MAX):
        outlet = _outlet(table)
        table.unlike("name", outlet.name, (other.name for other in found))
        found.append(outlet)
    return tuple(found)


def _outlet(table: Table) -> Outlet:
    address = table.text("address")
    scheme, host, port = table.read("address", settings.split_address, address)
    is_hook = scheme in settings.HOOK_SCHEMES
    if is_hook and "secret" not in table:
        raise table.fault("secret", "it is missing: what is posted is signed")
    known = settings.HOOK_SUBJECTS if is_hook else settings.SUBJECTS
    usual = settings.HOOK_SHOWS_DEFAULT if is_hook else settings.SHOWS_DEFAULT
    shows = table.text("shows", usual)
    stale_for_s = table.whole("stale_s", settings.STALE_S_MIN, settings.STALE_S_MAX)
    return Outlet(
        table.short_name("name", "an outlet's name"),
        address,
        scheme,
        host,
        port,
        table.read("shows", partial(settings.read_shows, known), shows),
        table.optional("line"),
        settings.STALE_S_DEFAULT if stale_for_s is None else stale_for_s,
        _file_of(table, scheme, "certificate", "tls", "https"),
        _file_of(table, scheme, "trusted", "tls", "https"),
        _file_of(table, scheme, "secret", *settings.HOOK_SCHEMES),
        _tracks(table, is_hook=is_hook),
    )


def _tracks(table: Table, *, is_hook: bool) -> str:
    """Which tracks a map is told; empty for none."""
    if "tracks" not in table:
        return ""
    if is_hook:
        raise table.fault("tracks", "only a map is told tracks")
    return table.choice("tracks", settings.TRACKS)


def _file_of(table: Table, scheme: str, key: str, *schemes: str) -> Path | None:
    """A file that has use for addresses of some schemes alone."""
    if key in table and scheme not in schemes:
        known = " or ".join(f"{one}://" for one in schemes)
        raise table.fault(key, f"only an address with {known} has use for it")
    return table.path(key)


def folders(file: File) -> tuple[Folder, ...]:
    """The tables `folder`."""
    found: list[Folder] = []
    for table in file.each("folder", FOLDERS_MAX):
        folder = _folder(table)
        table.unlike("name", folder.name, (other.name for other in found))
        if any(folder.path == other.path for other in found):
            raise table.fault("path", f"{folder.path} is watched twice")
        found.append(folder)
    return tuple(found)


def _folder(table: Table) -> Folder:
    words = {key: table.text(key) for key in ("line", "category", "kind") if key in table}
    return Folder(
        table.short_name("name", "a folder's name"),
        table.file.directory / table.text("path"),
        **words,
        radius_m=table.whole("radius_m", 1, RADIUS_M_MAX),
    )

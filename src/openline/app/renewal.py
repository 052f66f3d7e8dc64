"""New checksums for a store that another program has written to or copied.

Such a store is refused page by page, though nothing in it need be wrong. Its content
is written into a new file, and takes the place of the old one only if every log in it
is verified: entries by their authors' signatures, roots by the heads over them.
What no signature covers (people, drafts, what an officer keeps private) is as the
other program left it.
"""

from pathlib import Path

from openline.adapters.disk import put_in_place
from openline.adapters.page_checksums import examine_pages, write_new_checksums
from openline.adapters.sqlite import SqliteStore
from openline.app.audit import audit
from openline.domain.errors import OurError


def renew_checksums(path: Path) -> Path:
    """Give a stopped node's store new checksums; where the old file is kept.

    Raises:
        OurError: Every checksum is right, the file is in use or cannot be read, or what
            is in it does not verify: then nothing is changed.
    """
    if examine_pages(path).is_sound:
        raise OurError(f"Every page of {path} has its checksum.", "There is nothing to renew.")
    new = path.with_name(f"{path.name}.renewed")
    new.unlink(missing_ok=True)
    write_new_checksums(path, new)
    try:
        _verify(new)
    except BaseException:
        new.unlink()
        raise
    return put_in_place(new, path, ".before")


def _verify(path: Path) -> None:
    with SqliteStore.open_read_only(path) as store:
        faults = store.damage()
        faults += [f"{log.origin}: {fault}" for log in audit(store) for fault in log.faults]
    if faults:
        raise OurError(
            f"What is in the store does not verify: {faults[0]}",
            "Somebody has altered it, or the disk has: run `openline repair`, which keeps it "
            "as evidence and has from the counterparts what does not verify.",
        )

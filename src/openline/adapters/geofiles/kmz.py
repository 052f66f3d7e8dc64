"""KMZ: a KML file packed with its pictures; of it only the document is read.

The document is the first entry whose name ends in `.kml` (OGC 07-147r2, 12.3). Files
come from strangers: the list of entries, the document and how much smaller it is
packed are bounded before anything is unpacked, and unpacking stops at the bound
whatever the list says. Nothing that the document refers to is fetched, inside the
file or elsewhere.
"""

import io
import struct
import zipfile
import zlib

from openline.adapters.geofiles.remarks import FileFault, Remark
from openline.domain.limits import (
    GEOFILE_SIZE_BYTES_MAX,
    KMZ_DIRECTORY_BYTES_MAX,
    KMZ_RATIO_MAX,
)

KMZ_BEGINS = b"PK\x03\x04"

_END = b"PK\x05\x06"
_END_SIZE_BYTES = 22
_END_64 = b"PK\x06\x07"
_END_64_SIZE_BYTES = 20
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_IS_ENCRYPTED = 0x1


def document_of(data: bytes, path: str) -> tuple[bytes, list[Remark]]:
    """The KML document of a KMZ, and what beside it was not read.

    Args:
        data: The file.
        path: What to call it in errors.

    Raises:
        FileFault: It is no such file, has no document, or is larger than it may be.
    """
    _check_directory(data, path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return _document(packed, path)
    except (
        zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError,
        NotImplementedError, RuntimeError, OverflowError,
    ) as error:  # fmt: skip
        raise FileFault(
            path, 0, "", "", f"is no KMZ that can be read: {str(error)[:100]}.",
            "It may be cut off: ask for the whole file, or unpack it and give the KML.",
        ) from None  # fmt: skip


def _check_directory(data: bytes, path: str) -> None:
    """Confirm that the list of entries is short, before it is read."""
    at = data.rfind(_END)
    if at < 0 or at + _END_SIZE_BYTES > len(data):
        raise FileFault(
            path, 0, "", "", "begins like a KMZ, but has no list of entries.",
            "It may be cut off: ask for the whole file.",
        )  # fmt: skip
    size_bytes = int.from_bytes(data[at + 12 : at + 16], "little")
    is_64 = data[max(0, at - _END_64_SIZE_BYTES) : at].startswith(_END_64)
    if size_bytes > KMZ_DIRECTORY_BYTES_MAX or is_64:
        raise FileFault(
            path, 0, "", "",
            f"has a list of entries of more than {KMZ_DIRECTORY_BYTES_MAX:,} bytes.",
            "Unpack it and give the KML.",
        )  # fmt: skip


def _document(packed: zipfile.ZipFile, path: str) -> tuple[bytes, list[Remark]]:
    entries = packed.infolist()
    documents = [entry for entry in entries if entry.filename.casefold().endswith(".kml")]
    if not documents:
        raise FileFault(path, 0, "", "", "is packed, but holds no .kml.", "Give a KML or a KMZ.")
    entry = documents[0]
    _check_entry(entry, path)
    with packed.open(entry) as file:
        data = file.read(GEOFILE_SIZE_BYTES_MAX + 1)
    if len(data) > GEOFILE_SIZE_BYTES_MAX:
        raise FileFault(
            path, 0, "", "", f"holds more than {GEOFILE_SIZE_BYTES_MAX:,} bytes.", "Split it."
        )
    others = len(documents) - 1
    remarks = []
    if others:
        what = f"Only the first document is read; it holds {others} more."
        remarks.append(Remark(0, entry.filename[:60], what))
    return data, remarks


def _check_entry(entry: zipfile.ZipInfo, path: str) -> None:
    """Confirm by the list alone that the document may be unpacked."""
    if entry.file_size > GEOFILE_SIZE_BYTES_MAX:
        what = f"holds {entry.file_size:,} bytes, more than {GEOFILE_SIZE_BYTES_MAX:,}."
        raise FileFault(path, 0, "", "", what, "Split it.")
    if entry.file_size > KMZ_RATIO_MAX * max(entry.compress_size, 1):
        raise FileFault(
            path, 0, "", "",
            f"is packed to less than a {KMZ_RATIO_MAX}th of its text, as no real one is.",
            "Ask whoever made it for the KML.",
        )  # fmt: skip
    if entry.compress_type not in _METHODS or entry.flag_bits & _IS_ENCRYPTED:
        raise FileFault(
            path, 0, "", "", "is packed in a way that is not read, or encrypted.",
            "Unpack it and give the KML.",
        )  # fmt: skip

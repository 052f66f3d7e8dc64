"""Serves the built page and its words to browsers on the officers' port.

The page is open to everybody who reaches the port: it holds no data of a line, only the
way to sign in. What it loads comes from here alone, and its policy lets nothing else
load or run.
"""

import gzip
import json
import mimetypes
import re
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Final

import numpy as np
from litestar import Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from openline import __version__
from openline.adapters.picture.base_map import LAYERS, BaseMapUnreadable, Line, load_base_map
from openline.adapters.wording import LANGUAGES, TERMS
from openline.adapters.wording.marking import catalogue, read_catalogues
from openline.faces.api.faults import NotFound
from openline.faces.api.node import node_of

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types svelte-trusted-html",
    )
)
"""Content security policy of the page: only what this node serves, and nothing inline."""

_FOREVER: Final = "public, max-age=31536000, immutable"
_NOT_BUILT: Final = (
    "The console is not built. Run `make demo` or `make install`, or in console/: "
    "npm ci && npm run build. The command line and the API work without it.\n"
)
_FOLDER: Final = files("openline") / "faces" / "console" / "page"
_VERIFIER: Final = files("openline") / "faces" / "console" / "verifier"
"""The page that verifies certificates: one file that needs no node (decision 0049)."""

_NOT_HASHED: Final = ("icon.svg", "verify.html")
_OWN_POLICY: Final = re.compile(rb'http-equiv="Content-Security-Policy" content="([^"]+)"')


def _page() -> Response[Any]:
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
    headers["permissions-policy"] = "geolocation=(), camera=(), payment=(), usb=()"
    built = _FOLDER / "index.html"
    if not built.is_file():
        return Response(_NOT_BUILT, status_code=503, media_type="text/plain", headers=headers)
    return Response(built.read_bytes(), media_type="text/html; charset=utf-8", headers=headers)


@get(["/", "/sign-in"], operation_id="openConsole", include_in_schema=False)
async def open_console() -> Response[Any]:
    """The page of the console; it signs in by itself, or asks to."""
    return _page()


@get("/page/words/{language:str}", operation_id="readConsoleWords", include_in_schema=False)
async def read_console_words(
    language: Annotated[str, Parameter(description="Which language: en, ru or ar.")],
) -> dict[str, Any]:
    """What the page says, in one language."""
    if language not in LANGUAGES:
        raise NotFound(f"There are no words in {language!r}.", f"Ask for {', '.join(LANGUAGES)}.")
    return {"language": language, "version": __version__, **console_words(language)}


@get("/page/base-map", operation_id="readBaseMap", include_in_schema=False, sync_to_thread=True)
def read_base_map(state: State) -> Response[bytes]:
    """What lies beneath the console's map, as `base_map` of node.toml chooses it.

    `source` names who made it. Each layer is a list of lines, and each line the steps of
    longitude and latitude from point to point, in thousandths of a degree, the first from
    nought; rings of land and lakes are closed by themselves.
    """
    try:
        packed = _base_map(node_of(state).config.base_map)
    except BaseMapUnreadable as error:
        raise NotFound(error.what, error.remedy) from None
    headers = {"content-encoding": "gzip", "cache-control": "no-cache"}
    return Response(packed, media_type="application/json", headers=headers)


@get("/page/{name:str}", operation_id="readConsoleFile", include_in_schema=False)
async def read_console_file(
    name: Annotated[str, Parameter(description="Its name, with its hash.")],
) -> Response[Any]:
    """One file of the built page; names hold the hash of what they name."""
    found = _file(name)
    if found is None:
        raise NotFound("The console has no such file.", "Load the page anew.")
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    data = found.read_bytes()
    headers = {"cache-control": "no-store" if name in _NOT_HASHED else _FOREVER}
    if own := _OWN_POLICY.search(data[:2_000]):
        headers["content-security-policy"] = f"{own[1].decode()}; frame-ancestors 'none'"
    return Response(data, media_type=media_type, headers=headers)


@lru_cache(maxsize=1)
def _base_map(name: str) -> bytes:
    """The base map of that name as compressed JSON, made when it is first asked for.

    Raises:
        BaseMapUnreadable: It cannot be read, or is no base map.
    """
    base = load_base_map(name)
    layers = {layer: [_steps(line) for line in getattr(base, layer)] for layer in LAYERS}
    told = json.dumps({"source": base.source, **layers}, separators=(",", ":"))
    return gzip.compress(told.encode(), mtime=0)


def _steps(line: Line) -> list[int]:
    thousandths = np.rint(line * 1000).astype(np.int64)
    steps = np.diff(thousandths, axis=0, prepend=np.zeros((1, 2), np.int64))
    return [int(step) for step in steps.ravel()]


def _file(name: str) -> Traversable | None:
    """A file of the page or of the verifier; only names that their folders list."""
    listed = (one for folder in (_FOLDER, _VERIFIER) if folder.is_dir() for one in folder.iterdir())
    return next((one for one in listed if one.name == name and one.is_file()), None)


def console_words(language: str) -> dict[str, dict[str, str]]:
    """The sentences of the page by their English ones, and the words for agreed codes."""
    sentences = {
        str(entry.id): str(entry.string)
        for catalog in read_catalogues(language, of_console=True)
        for entry in catalog
        if entry.id
    }
    words = catalogue(language)
    return {"sentences": sentences, "terms": {code: words[word] for code, word in TERMS.items()}}


ROUTES: Final = (open_console, read_console_words, read_base_map, read_console_file)

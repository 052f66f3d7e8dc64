"""One request that posts an event to a program of the party's own.

Taken is what is answered with 2xx; the rest of the answer is not read. A redirection is
not followed: where events are posted is said by the settings alone.
"""

import ssl
from types import TracebackType
from typing import Final, Self

import aiohttp

from openline import __version__

ANSWER_S_MAX: Final = 20.0
"""The specification of Standard Webhooks recommends 15 to 30."""


class NotTaken(Exception):
    """The event was not taken; the text says why."""


class Poster:
    """Posts to one address, over one connection that is kept.

    Args:
        address: An address with `https://` or `http://`.
        trust: By what the other side is known; None for `http://`.
    """

    def __init__(self, address: str, trust: ssl.SSLContext | None) -> None:
        self._address = address
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=True if trust is None else trust, limit=1),
            timeout=aiohttp.ClientTimeout(total=ANSWER_S_MAX),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def post(self, body: bytes, headers: dict[str, str]) -> None:
        """Post one event.

        Raises:
            NotTaken: Nobody answers, or the answer is not 2xx.
        """
        described = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": f"openline/{__version__}",
            **headers,
        }
        try:
            async with self._session.post(
                self._address, data=body, headers=described, allow_redirects=False
            ) as answer:
                if not 200 <= answer.status < 300:
                    raise NotTaken(f"it answers {answer.status}")
        except TimeoutError:
            raise NotTaken("no answer in time") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NotTaken(str(error) or type(error).__name__) from None

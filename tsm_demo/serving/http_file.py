"""One question to a server for a file, or the rest of one: its bytes, or why there are none, in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from tsm_demo.core.errors import TsmDemoError

CHUNK_BYTES = 32 * 1024  # what has arrived of a chunk is lost when the connection breaks
WORTH_ANOTHER_TRY = {408, 425, 429, 500, 502, 503, 504}
OK, PART, NO_SUCH_PART = 200, 206, 416


class FetchError(TsmDemoError):
    """A file that could not be fetched; the message says why and what to do."""


class TryAgainError(Exception):
    """What may go better next time; the message is the sentence for when it does not."""

    def __init__(self, sentence: str, wait_sec: float = 0.0) -> None:
        super().__init__(sentence)
        self.wait_sec = wait_sec  # that the server asks for


class OtherPartError(Exception):
    """The server cannot go on where the download broke off: only from the beginning."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and how the hexadecimal SHA-256 of its bytes begins; "" where nobody has published it."""

    url: str
    sha256: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or self.url


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server gives of a file: bytes from `start` on, none when all of it had arrived before."""

    start: int
    whole: int | None  # bytes in the whole file; None: it does not say
    version: (
        str  # tells this version of the file from another, for If-Range; "" where it says nothing that would
    )
    chunks: Iterator[bytes]  # raise TryAgainError when the connection breaks


def open_session(redirects: int) -> requests.Session:
    """Follows so many redirects; takes proxies and certificates from the environment."""
    session = requests.Session()
    session.max_redirects = redirects
    return session


@contextmanager
def ask(
    session: requests.Session, source: Source, have: int, version: str, timeout_sec: tuple[float, float]
) -> Iterator[Answer]:
    """Ask for a file from byte `have` on.

    Args:
        version: of the file whose first bytes are here, as far as known. Without it, only a file with a known SHA-256 is
            asked for in parts: two versions of it would be noticed.
        timeout_sec: to connect, and between two bytes.

    Raises TryAgainError, OtherPartError or FetchError where there is nothing to take.
    """
    headers = {"Accept-Encoding": "identity"}  # a length and a place in the file mean the file's own bytes
    resuming = bool(have and (version or source.sha256))
    if resuming:
        headers["Range"] = f"bytes={have}-"
        if version:
            headers["If-Range"] = version
    with _response(session, source, headers, timeout_sec) as response:
        _check_status(source, response, resuming)
        _check_way(source, response)
        start, whole = _extent(response, have)
        tag, changed = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
        chunks = iter(()) if response.status_code == NO_SUCH_PART else _chunks(response, source)
        yield Answer(start, whole, tag if tag and not tag.startswith("W/") else changed, chunks)


def _response(
    session: requests.Session, source: Source, headers: dict[str, str], timeout_sec: tuple[float, float]
) -> requests.Response:
    host = source.host
    try:
        return session.get(source.url, headers=headers, stream=True, timeout=timeout_sec)
    except requests.TooManyRedirects as error:
        raise FetchError(
            f"{host} sends us round in circles: try again later, or fetch the file by hand."
        ) from error
    except requests.exceptions.SSLError as error:
        raise FetchError(
            f"The secure connection to {host} cannot be trusted: check this machine's clock and certificates."
        ) from error
    except requests.exceptions.ProxyError as error:
        raise TryAgainError(
            "The proxy that the environment names does not answer: check HTTPS_PROXY."
        ) from error
    except requests.Timeout as error:
        raise TryAgainError(f"{host} does not answer: try again later.") from error
    except requests.ConnectionError as error:
        raise TryAgainError(
            f"There is no connection to {host}: check the network. The embedded networks work without."
        ) from error
    except requests.RequestException as error:
        raise FetchError(f"{source.url} is not an address that can be asked for: report it.") from error


def _check_status(source: Source, response: requests.Response, resuming: bool) -> None:
    status, host = response.status_code, source.host
    if status in (OK, PART) or (status == NO_SUCH_PART and resuming):
        return
    if status in WORTH_ANOTHER_TRY:
        asked = response.headers.get("Retry-After", "")
        raise TryAgainError(
            f"{host} is busy or out of order ({status}): try again later.",
            wait_sec=float(asked) if asked.isdecimal() else 0.0,
        )
    if status in (404, 410):
        raise FetchError(f"{host} does not have this file any more ({status}): try another network.")
    raise FetchError(f"{host} does not give this file ({status}): try later, or fetch it by hand.")


def _check_way(source: Source, response: requests.Response) -> None:
    urls = [answer.url for answer in (*response.history, response)]
    if source.url.startswith("https:") and not all(url.startswith("https:") for url in urls):
        raise FetchError(
            f"{source.host} sends us on to a connection that is not secure: it was not followed."
        )
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise FetchError(
            f"{source.host} answers with a web page instead of the file: perhaps this network wants you to sign in first."
        )


def _extent(response: requests.Response, have: int) -> tuple[int, int | None]:
    """Where in the file this answer's bytes begin, and how long the whole file is."""
    if response.status_code == OK:  # the whole file, whatever was asked for
        length = response.headers.get("Content-Length", "")
        return 0, int(length) if length.isdecimal() else None
    unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
    span, _, whole = rest.partition("/")
    first = span.partition("-")[0]
    fits = first == str(have) if response.status_code == PART else whole == str(have)
    if unit != "bytes" or not whole.isdecimal() or not fits:
        raise OtherPartError
    return have, int(whole)


def _chunks(response: requests.Response, source: Source) -> Iterator[bytes]:
    try:
        yield from response.iter_content(CHUNK_BYTES)
    except requests.RequestException as error:  # cut, or nothing came for too long
        raise TryAgainError(
            f"The connection to {source.host} broke off: try again, it goes on from there."
        ) from error

"""A server on this machine that gives a file, one scripted fault after the other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Fault = Callable[["Handler"], None]


class FileServer(ThreadingHTTPServer):
    """`faults` are used up one a request; when none is left, or one is None, the request is answered rightly."""

    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.tag = '"first"'
        self.faults: list[Fault | None] = []
        self.asked: list[dict[str, str]] = []  # the headers of every request
        self.ended = threading.Event()  # lets those who stall go home

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/weights-of-a-network.pth"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FileServer

    def do_GET(self) -> None:
        self.server.asked.append(dict(self.headers))
        fault = self.server.faults.pop(0) if self.server.faults else None
        (fault or Handler.rightly)(self)

    def rightly(self) -> None:
        """As servers do: a part where one is asked for, and the file is still the same; else all of it."""
        content, start = self.server.content, self.start()
        if start is not None and start >= len(content):
            self.head(416, 0, **{"Content-Range": f"bytes */{len(content)}"})
        elif start is not None:
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.head(206, len(content) - start, **{"Content-Range": span})
            self.wfile.write(content[start:])
        else:
            self.head(200, len(content))
            self.wfile.write(content)

    def start(self) -> int | None:
        """First byte of the part that is asked for."""
        asked = self.headers.get("Range")
        same = self.headers.get("If-Range", self.server.tag) == self.server.tag
        return int(asked.removeprefix("bytes=").rstrip("-")) if asked and same else None

    def head(self, status: int, length: int | None, **fields: str) -> None:
        self.send_response(status)
        for name, value in {
            "ETag": self.server.tag,
            "Content-Type": "application/octet-stream",
            **fields,
        }.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serving(content: bytes) -> Iterator[FileServer]:
    server = FileServer(content)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()


def cut(after: int) -> Fault:
    """Promises the rest of the file, and hangs up after so many bytes of it."""

    def fault(handler: Handler) -> None:
        start = handler.start() or 0
        rest = handler.server.content[start:]
        span = (
            {"Content-Range": f"bytes {start}-{start + len(rest) - 1}/{start + len(rest)}"} if start else {}
        )
        handler.head(206 if start else 200, len(rest), **span)
        handler.wfile.write(rest[:after])
        handler.close_connection = True

    return fault


def stall(after: int) -> Fault:
    """Gives so many bytes, and then nothing, without hanging up."""

    def fault(handler: Handler) -> None:
        handler.head(200, len(handler.server.content))
        handler.wfile.write(handler.server.content[:after])
        handler.wfile.flush()
        handler.server.ended.wait(20)
        handler.close_connection = True

    return fault


def status(code: int, **fields: str) -> Fault:
    """An answer without the file."""
    return lambda handler: handler.head(
        code, 0, **{name.replace("_", "-"): value for name, value in fields.items()}
    )


def other(content: bytes, length: int | None = None, kind: str = "application/octet-stream") -> Fault:
    """Another content, whatever is asked for; `length` is what it claims to have."""

    def fault(handler: Handler) -> None:
        handler.head(200, len(content) if length is None else length, **{"Content-Type": kind})
        handler.wfile.write(content)
        handler.close_connection = True

    return fault


def without_length(handler: Handler) -> None:
    """All of the file, without saying how much that is; the end is where it hangs up."""
    handler.head(200, None, Connection="close")
    handler.wfile.write(handler.server.content)
    handler.close_connection = True


def whole(handler: Handler) -> None:
    """Ignores the wish for a part."""
    handler.head(200, len(handler.server.content))
    handler.wfile.write(handler.server.content)


def wrong_part(handler: Handler) -> None:
    """Gives another part than was asked for."""
    content = handler.server.content
    handler.head(206, len(content) - 1, **{"Content-Range": f"bytes 1-{len(content) - 1}/{len(content)}"})
    handler.wfile.write(content[1:])

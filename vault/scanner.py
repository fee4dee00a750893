"""ClamAV by socket, where CLAMAV_SOCKET names one: "unix:/run/clamav/clamd.ctl" or "tcp:host:3310".

The protocol is clamd's INSTREAM: the file in pieces, each with its length before it, an empty one
last, and one line back. Whatever is not a plain "OK" lets nothing through.
"""

from __future__ import annotations

import socket
import struct

from django.conf import settings

PIECE = 64 * 1024
TIMEOUT = 30  # seconds, for each exchange


class Unreachable(Exception):
    """No answer that can be relied on: the file waits."""


class Infected(Exception):
    """The scanner has found something; its name for it is the only argument."""


def in_use() -> bool:
    return bool(settings.CLAMAV_SOCKET)


def scan(content: bytes) -> None:
    """Return for what is clean; raises Infected, or Unreachable for anything else at all."""
    try:
        with _connect() as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
            said = _answer(line)
    except OSError as error:
        raise Unreachable("ClamAV svarar inte.") from error
    verdict = said.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if verdict.endswith(" FOUND"):
        raise Infected(verdict.removesuffix(" FOUND"))
    if verdict != "OK":
        raise Unreachable("ClamAV svarade något annat än OK.")


def _connect() -> socket.socket:
    kind, _colon, where = settings.CLAMAV_SOCKET.partition(":")
    if kind == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT)
        try:
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT)


def _answer(line: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096:
        piece = line.recv(4096)
        if not piece:
            break
        said += piece
    return said

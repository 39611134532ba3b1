"""Messages over a socket: a length in four bytes, then JSON; the first four may bring descriptors.

Used at both ends.
"""

import json
import socket
import struct
from typing import Any

Message = dict[str, Any]
_LENGTH = struct.Struct("!I")
DESCRIPTORS = 3  # a message brings that many, or none
SWEEP: Message = {}  # the order to end the processes whose supervisor was killed


def send(link: socket.socket, message: Message, descriptors: tuple[int, ...] = ()) -> None:
    """Send a message; OSError when nobody listens any more."""
    data = json.dumps(message).encode()
    header = _LENGTH.pack(len(data))
    if descriptors:
        socket.send_fds(link, [header], descriptors)
    else:
        link.sendall(header)
    link.sendall(data)


def receive(link: socket.socket) -> tuple[Message | None, list[int]]:
    """The next message and its descriptors; None at the end of the stream."""
    header, descriptors, _, _ = socket.recv_fds(link, _LENGTH.size, DESCRIPTORS)
    header += _rest(link, _LENGTH.size - len(header)) if header else b""
    if len(header) < _LENGTH.size:
        return None, descriptors
    (length,) = _LENGTH.unpack(header)
    data = _rest(link, length)
    return (json.loads(data) if len(data) == length else None), descriptors


def _rest(link: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size and (more := link.recv(size - len(data))):
        data += more
    return bytes(data)

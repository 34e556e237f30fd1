"""What travels between the locations of chat.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from motet.codec import decode_str, encode_str
from motet.wire import ClientPort, Net, PortChannel, Site

if TYPE_CHECKING:
    from generated.server.chat import Server


CHAT_CHAT: Final[PortChannel[Server, str, str]] = PortChannel(
    "chat", encode_str, decode_str, encode_str, decode_str
)


class ChatAtServer(Net):
    """What `chat` sends and receives at the server."""

    def __init__(self, site: Site[Server]) -> None:
        super().__init__(site)
        self.chat: ClientPort[Server, str, str] = ClientPort(site, CHAT_CHAT)

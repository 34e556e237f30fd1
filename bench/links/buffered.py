"""By hand on `asyncio.BufferedProtocol`."""

import asyncio

from links.hand import contender

serve, connect = contender(asyncio.BufferedProtocol, bare=False)

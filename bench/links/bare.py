"""By hand on `asyncio.BufferedProtocol`, with a codec that checks nothing."""

import asyncio

from links.hand import contender

serve, connect = contender(asyncio.BufferedProtocol, bare=True)

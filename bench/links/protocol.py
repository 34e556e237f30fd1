"""By hand on `asyncio.Protocol`."""

import asyncio

from links.hand import contender

serve, connect = contender(asyncio.Protocol, bare=False)

"""Nodes that talk to each other: connections, links that survive them, and the hub of a node.

From the outside in: a `Hub` is what one node sees of the others. It holds a `Link` for every peer:
numbered messages, acknowledgements, credits. A link lives on one `Connection` after another, and
connections come from a `Carrier`: sockets, or memory.
"""

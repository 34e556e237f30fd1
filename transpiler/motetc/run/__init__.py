"""Every location of a choreography as a process on this machine."""

"""What travels between the locations of session.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motet.wire import Group, Net, Peer, Site

from generated.wire.store import ServeAtBackup, ServeAtClient, ServeAtPrimary

if TYPE_CHECKING:
    from generated.backup.store import Backup
    from generated.client.store import Client
    from generated.primary.store import Primary


class TypedAtClient(Net):
    """What `typed` sends and receives at the client."""

    def __init__(
        self, site: Site[Client], primary: Peer[Primary], backups: Group[Backup]
    ) -> None:
        super().__init__(site)
        self.primary = primary
        self.backups = backups

    @property
    def serve(self) -> ServeAtClient:
        return ServeAtClient(
            self.site.call("serve"), primary=self.primary, backups=self.backups
        )


class TypedAtPrimary(Net):
    """What `typed` sends and receives at the primary."""

    def __init__(
        self, site: Site[Primary], client: Peer[Client], backups: Group[Backup]
    ) -> None:
        super().__init__(site)
        self.client = client
        self.backups = backups

    @property
    def serve(self) -> ServeAtPrimary:
        return ServeAtPrimary(
            self.site.call("serve"), client=self.client, backups=self.backups
        )


class TypedAtBackup(Net):
    """What `typed` sends and receives at the backups."""

    def __init__(
        self, site: Site[Backup], client: Peer[Client], primary: Peer[Primary]
    ) -> None:
        super().__init__(site)
        self.client = client
        self.primary = primary

    @property
    def serve(self) -> ServeAtBackup:
        return ServeAtBackup(
            self.site.call("serve"), client=self.client, primary=self.primary
        )

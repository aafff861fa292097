"""Announcements in DirectoryTable."""

from hearback.announcement import Announcement
from hearback.aws.dynamodb import Table


class Announcements:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, announcement: str) -> Announcement | None:
        found = self.table.get(Announcement.key_item(announcement))
        return Announcement.from_item(found) if found else None

    def keep(self, announcement: Announcement) -> None:
        """Write it; kept before, it is kept with the terms of both times."""
        self.table.update(announcement.keep_request())

"""The flat-file connector: CSV files in, canonical orders out."""

from __future__ import annotations

from typing import ClassVar

from lotstream.connect import Connector, ConnectorOptions, Delivery, Desk, Translation
from lotstream.connect.inbox import Inbox
from lotstream_flatfile.options import FlatFileOptions
from lotstream_flatfile.orders import orders_of
from lotstream_flatfile.table import read_table


class FlatFileConnector(Connector[FlatFileOptions]):
    """Orders that an ERP writes as CSV files into an inbox folder."""

    name: ClassVar[str] = "flatfile"
    Options: ClassVar[type[ConnectorOptions]] = FlatFileOptions

    def translate(self, delivery: Delivery) -> Translation:
        """Turn a file into one message per order; orders with a bad row are refused, the others go on."""
        return orders_of(read_table(delivery.body, self.options), self.options)

    async def run(self, desk: Desk) -> None:
        """Watch the inbox until cancelled."""
        await self.inbox().run(desk)

    def inbox(self) -> Inbox:
        """Return the folder as the options say it is watched."""
        options = self.options
        return Inbox(
            options.inbox, sender=options.source, poll_s=options.poll_s, file_bytes_max=options.file_bytes_max,
            files_max=options.files_max,
            kept_days=options.kept_days,
        )  # fmt: skip

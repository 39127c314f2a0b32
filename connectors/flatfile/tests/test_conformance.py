from __future__ import annotations

from pathlib import Path

from lotstream.testing.connectors import ConnectorConformance
from lotstream_flatfile.connector import FlatFileConnector
from lotstream_flatfile.options import FlatFileOptions


class TestFlatFile(ConnectorConformance):
    """The flat-file connector does what every connector must."""

    fixtures = Path(__file__).parent / "fixtures"
    readme = Path(__file__).parents[1] / "README.md"

    def connector(self, folder: Path) -> FlatFileConnector:
        """Return a connector with the options as they are by default."""
        return FlatFileConnector(FlatFileOptions(owner="acme", inbox=folder))

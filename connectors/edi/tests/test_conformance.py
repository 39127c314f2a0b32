from __future__ import annotations

from pathlib import Path

from lotstream.testing.connectors import ConnectorConformance
from lotstream_edi.connector import EdiConnector
from lotstream_edi.options import EdiOptions, Partner

PARTNERS = {
    "ZZ-SENDER": Partner(owner="acme", customer_party="ST", sites={"W-TOR": "TOR"}),
    "ZZ-VENDOR": Partner(owner="other"),
}


class TestEdi(ConnectorConformance):
    """The EDI connector does what every connector must."""

    fixtures = Path(__file__).parent / "fixtures"
    readme = Path(__file__).parents[1] / "README.md"

    def connector(self, folder: Path) -> EdiConnector:
        """Return a connector with two partners."""
        return EdiConnector(EdiOptions(inbox=folder, partners=PARTNERS))

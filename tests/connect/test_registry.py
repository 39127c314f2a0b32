from __future__ import annotations

import pytest

from lotstream.connect.describe import BEGIN, END, options_table, with_options
from lotstream.connect.preview import preview
from lotstream.connect.registry import connector_names, find_connector, make_connector
from lotstream.errors import InputRefused, PackageMissing, SettingInvalid
from tests.connect.doubles import PlainConnector, PlainOptions, delivery


def test_installed_connectors_are_found_by_name() -> None:
    """Whoever has an entry point is a connector."""
    assert {"shopify", "flatfile", "edi"} <= set(connector_names())
    assert find_connector("flatfile").name == "flatfile"


def test_a_name_nobody_has_says_what_is_installed() -> None:
    """The error names the connectors there are and the next step."""
    with pytest.raises(PackageMissing, match=r"installed: .*flatfile") as missing:
        find_connector("nobody")
    assert "pip install lotstream-nobody" in missing.value.what_to_do


def test_wrong_options_are_all_named_and_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wrong variable is named at once; what a person typed is not repeated, for it may be a secret."""
    monkeypatch.setenv("LOTSTREAM_SHOPIFY_PORT", "many")
    monkeypatch.setenv(
        "LOTSTREAM_SHOPIFY_SHOPS", '[{"domain": "a.myshopify.com", "owner": "", "secrets": "hush-hush"}]'
    )
    with pytest.raises(SettingInvalid) as wrong:
        make_connector("shopify")
    assert "LOTSTREAM_SHOPIFY_PORT" in str(wrong.value)
    assert "LOTSTREAM_SHOPIFY_SHOPS" in str(wrong.value)
    assert "hush-hush" not in str(wrong.value)


def test_options_that_are_no_json_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that cannot be read says which option it is."""
    monkeypatch.setenv("LOTSTREAM_SHOPIFY_SHOPS", "a.myshopify.com")
    with pytest.raises(SettingInvalid, match="shops"):
        make_connector("shopify")


def test_options_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each option is LOTSTREAM_<NAME>_<OPTION>."""
    monkeypatch.setenv("LOTSTREAM_SHOPIFY_PORT", "9999")
    assert make_connector("shopify").options.port == 9999


def test_the_options_table_has_a_row_for_each_option() -> None:
    """Variable, default and description stand in the README as in the code."""
    assert "| `LOTSTREAM_PLAIN_OWNER` | `acme` | Whose orders they are. |" in options_table(PlainOptions)


def test_the_table_is_put_between_the_markers() -> None:
    """Everything else of the README stays as it is."""
    readme = with_options(f"before\n{BEGIN}\nold\n{END}\nafter\n", PlainOptions)
    assert readme == f"before\n{BEGIN}\n{options_table(PlainOptions)}\n{END}\nafter\n"
    with pytest.raises(InputRefused):
        with_options("no markers", PlainOptions)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [("A1", "accepted"), ("A1 bad", "partly_refused"), ("refuse", "refused"), ("pass", "not_handled")],
)
def test_a_preview_says_what_would_come_of_a_delivery(body: str, verdict: str) -> None:
    """The verdict is the one that the desk would come to."""
    assert preview(PlainConnector(), delivery(body))["verdict"] == verdict

from __future__ import annotations

from pathlib import Path

from lotstream_flatfile.columns import columns_table

README = Path(__file__).parents[1] / "README.md"


def test_the_columns_in_the_readme_are_those_of_the_code() -> None:
    """Every column that is read is documented, with the words of the code."""
    _, _, rest = README.read_text(encoding="utf-8").partition("<!-- columns -->\n")
    table, _, _ = rest.partition("\n<!-- end of columns -->")
    assert table == columns_table()

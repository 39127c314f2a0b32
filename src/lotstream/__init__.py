"""lotstream: the hub on which third-party logistics houses run their lots."""

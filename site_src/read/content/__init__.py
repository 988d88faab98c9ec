"""What staff write into content/ besides annex and circular: the facts in TOML, and the files that go along."""

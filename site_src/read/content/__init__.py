"""Read content/ except annex and circular: the facts in TOML, and the files that go along."""

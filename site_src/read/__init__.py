"""Read all that a campaign consists of: facts in TOML, the spreadsheet, the text, and what only looks wrong."""

"""The report of `check` as a spreadsheet."""

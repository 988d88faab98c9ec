"""Spreadsheets of four formats as one plain grid of what their cells show."""

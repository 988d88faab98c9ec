"""Read the circular: its placeholders filled in, its Markdown as HTML."""

FILE = "circular.md"

# The text that `new` writes for a footnote whose text the document has lost; no circular is published with it.
MISSING_NOTE = "(Το κείμενο της υποσημείωσης λείπει από το αρχείο: συμπληρώστε το.)"

"""The circular: its placeholders filled in, its Markdown set as HTML."""

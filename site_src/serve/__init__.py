"""Show the preview, which reloads by itself, and the desk beside it."""

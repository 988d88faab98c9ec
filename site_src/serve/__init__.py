"""The preview in the browser, which reloads by itself."""

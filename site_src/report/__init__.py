"""Report who has collected: read the web server's logs, and write a page and a spreadsheet."""

"""Who has collected: the web server's logs, what they tell, and the page and spreadsheet that tell it on."""

"""Speak the language of the commands and of the site: texts, dates and numbers as people write them."""

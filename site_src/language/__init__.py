"""The language of the commands and of the site: texts and their catalogues, dates and numbers as people write them."""

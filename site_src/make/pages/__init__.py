"""Make the pages of the site, and the assets that they need."""

"""The pages of the site, and what they need: templates, assets, and a campaign as it stands on a day."""

"""What looks wrong without being an error: addresses like others, and what the campaign before had otherwise."""

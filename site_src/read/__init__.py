"""What looks wrong without being an error: addresses like others, facts of the sample, what the campaign before had."""

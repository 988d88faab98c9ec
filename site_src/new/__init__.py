"""Drafting: a campaign's folder out of the documents that staff already have."""

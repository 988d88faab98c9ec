"""Drafting: a campaign's folder out of the documents that staff already have."""

from site_src.drafting.draft import Draft, draft_campaign

__all__ = ["Draft", "draft_campaign"]

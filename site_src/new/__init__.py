"""Drafting: a campaign's folder out of the documents that staff already have."""

from site_src.new.draft import Draft, draft_campaign, draft_successor

__all__ = ["Draft", "draft_campaign", "draft_successor"]

"""Drafting: a campaign's folder out of the documents that staff already have."""

from site_src.drafting.draft import Draft, draft_campaign
from site_src.drafting.successor import draft_successor

__all__ = ["Draft", "draft_campaign", "draft_successor"]

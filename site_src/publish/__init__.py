"""Publish at one stroke: staging, the lock, the swap, and what is unchanged."""

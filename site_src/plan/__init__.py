"""Decide who gets which code, before anything is made: keys, plan, manifest and hand-over."""

"""Thyrida: from an annex and a circular to a download area in which each agency finds its own sealed letter."""

__version__ = "0.1.0"

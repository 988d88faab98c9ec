"""The annex: four kinds of file as one grid (``sheets``), its table found, its rows read as agencies."""

from site_src.read.annex.agencies import read_annex

__all__ = ["read_annex"]

"""Prove what was made: leaks, strange files, and every archive opened as its contact opens it."""

"""What commands say, as lines of text, which cli.py prints."""

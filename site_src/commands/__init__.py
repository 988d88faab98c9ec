"""The arguments of commands, and the lines of text in which they answer, which cli.py prints."""

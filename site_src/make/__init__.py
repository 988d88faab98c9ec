"""Make what is published: letters, archives, the password file, pages, the public annex, the rules for servers."""

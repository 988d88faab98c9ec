"""Sites that include the snippets, as an administrator may have written them, for each server."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.web_servers import Outer


@dataclass(frozen=True)
class Around:
    """An outer site, and where in it the area lies (``url_prefix``)."""

    outer: Outer
    prefix: str = ""

    def __str__(self) -> str:
        """Return the name of a test's case."""
        return f"{self.outer.name}{' at ' + self.prefix if self.prefix else ''}"


# {other} is a password file of the outer site, which knows the agencies by another code.
NGINX_LOGIN = 'auth_basic "outer"; auth_basic_user_file "{other}";'
NGINX_PATTERNS = r"""
location ~ \.(zip|html)$ { try_files $uri =404; }
location ~* ^/(.*/)?files/ { autoindex on; }
location ~ / { autoindex on; }
"""
NGINX_ERRORS = """
error_page 401 403 404 =200 /outer.html;
recursive_error_pages on;
location = /outer.html { return 200 "outer"; }
"""
NGINX_HEADERS = "default_type text/html; add_header X-Outer yes always; expires 30d; charset windows-1251;"
NGINX_OPEN = "satisfy any; allow all; autoindex on; dav_methods PUT DELETE MKCOL COPY MOVE; create_full_put_path on;"
NGINX_ROOT = "location / { autoindex on; try_files $uri $uri/ =404; }"
# Sites that ask another server about every visitor, which says no, or yes in place of every other login.
NGINX_ASKS = "auth_request /asked; location = /asked { internal; return 403; }"
NGINX_ASKED = "satisfy any; auth_request /asked; location = /asked { internal; return 204; }"
NGINX_ALL = "merge_slashes off;" + NGINX_OPEN + NGINX_HEADERS + NGINX_ERRORS + NGINX_ROOT + NGINX_PATTERNS

APACHE_LOGIN = """
<Location "/">
    AuthType Basic
    AuthName outer
    AuthUserFile "{other}"
    Require valid-user
</Location>
"""
APACHE_PATTERNS = r"""
<LocationMatch "\.(zip|html)$">
    Require all granted
</LocationMatch>
<FilesMatch "\.zip$">
    Require all granted
</FilesMatch>
<Directory "{root}">
    Options +Indexes +MultiViews
    DirectoryIndex index.htm outer.html
    FallbackResource /index.html
    RewriteEngine On
    RewriteOptions InheritDown
    RewriteRule "^old/(.*)" "/files/$1"
</Directory>
"""
APACHE_ERRORS = 'ErrorDocument 401 "outer"\nErrorDocument 403 /index.html\nErrorDocument 404 /index.html\n'
APACHE_HEADERS = """
Header set Cache-Control "public, max-age=99"
Header set Content-Security-Policy "default-src *"
Header always set X-Frame-Options ALLOWALL
ExpiresActive On
ExpiresDefault "access plus 1 month"
AddDefaultCharset windows-1253
"""
APACHE_OPEN = """
DavLockDB "{root}/../locks"
<Location "/">
    Dav On
    Order Allow,Deny
    Allow from all
    Satisfy Any
    AuthMerging Or
</Location>
"""
APACHE_HANDLERS = r"""
DirectoryCheckHandler On
<FilesMatch "\.(zip|html|xlsx|pdf|css)$">
    SetHandler server-status
</FilesMatch>
<Location "/">
    SetHandler server-status
</Location>
Action text/html /help/index.html
"""
APACHE_REWRITES = """
RewriteEngine On
RewriteRule "^/old/" "/files/" [L]
RewriteRule "^/(.+)" "{root}/$1" [L]
"""
APACHE_SLASHES = "MergeSlashes Off\nAllowEncodedSlashes On\n"
APACHE_ALIAS = 'DocumentRoot "{root}/codes/help"\nAlias "/codes" "{root}/codes"\n'
APACHE_ALL = APACHE_SLASHES + APACHE_HANDLERS + APACHE_OPEN + APACHE_HEADERS + APACHE_ERRORS + APACHE_PATTERNS

AROUND = {
    "nginx": (
        Around(Outer()),
        Around(Outer("own login", NGINX_LOGIN)),
        Around(Outer("rules by pattern", NGINX_PATTERNS)),
        Around(Outer("rules by pattern behind", after=NGINX_PATTERNS)),
        Around(Outer("merge_slashes off", "merge_slashes off;" + NGINX_ROOT)),
        Around(Outer("own error pages", NGINX_ERRORS)),
        Around(Outer("own headers", NGINX_HEADERS)),
        Around(Outer("open to all", NGINX_OPEN)),
        Around(Outer("asks another server", NGINX_ASKS)),
        Around(Outer("open by another server", NGINX_ASKED)),
        Around(Outer("all of it", NGINX_ALL)),
        Around(Outer(), "/codes"),
        Around(Outer("own login", NGINX_LOGIN), "/codes"),
        Around(Outer("all of it", NGINX_ALL), "/codes"),
        Around(Outer("all of it", NGINX_ALL), "/a.b/c-d"),
    ),
    "apache": (
        Around(Outer()),
        Around(Outer("own login", APACHE_LOGIN)),
        Around(Outer("rules by pattern", APACHE_PATTERNS)),
        Around(Outer("MergeSlashes Off", "MergeSlashes Off")),
        Around(Outer("AllowEncodedSlashes On", "AllowEncodedSlashes On")),
        Around(Outer("AllowEncodedSlashes NoDecode", "AllowEncodedSlashes NoDecode")),
        Around(Outer("both slashes", APACHE_SLASHES)),
        Around(Outer("own error pages", APACHE_ERRORS)),
        Around(Outer("own headers", APACHE_HEADERS)),
        Around(Outer("open to all", APACHE_OPEN)),
        Around(Outer("own handlers", APACHE_HANDLERS)),
        Around(Outer("own addresses", APACHE_REWRITES)),
        Around(Outer("all of it", APACHE_ALL)),
        Around(Outer(), "/codes"),
        Around(Outer("own login", APACHE_LOGIN), "/codes"),
        Around(Outer("elsewhere on the disk", APACHE_ALIAS), "/codes"),
        Around(Outer("all of it", APACHE_ALL), "/codes"),
        Around(Outer("all of it", APACHE_ALL), "/a.b/c-d"),
    ),
}

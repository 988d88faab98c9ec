"""Bytes are read as people will see them, whatever stands between the letters."""

from __future__ import annotations

import pytest

from site_src.prove.secrets import readings

TEXT = "maria.p@dimos.example"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("utf-32-be"),
        TEXT.replace("@", "&#64;").encode(),
        TEXT.replace("@", "%40").encode(),
        TEXT.replace("@", "\uff20").encode(),
        b"<w:t>maria</w:t></w:r><w:r><w:t>.p@dimos.example</w:t>",
        b"<w:t>maria.</w:t><w:del><w:delText>old</w:delText></w:del><w:ins><w:t>p@dimos.example</w:t></w:ins>",
        b"<w:t>maria.</w:t><w:instrText> HYPERLINK &quot;x&quot; </w:instrText><w:t>p@dimos.example</w:t>",
        b"<si><r><t>maria.p</t></r><r><t>@dimos.example</t></r></si>",
        b"<text:p>maria<text:span>.p@di</text:span>mos.example</text:p>",
        b"<text>maria.p<tspan>@dimos</tspan>.example</text>",
        b"HYPERLINK &quot;mailto:maria.p&#64;dimos.example&quot;",
    ],
)
def test_the_text_is_read(data: bytes) -> None:
    """Encodings, entities, escapes and runs of a document hide nothing."""
    assert any(TEXT in text.replace(" ", "") for text in readings(data))

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from site_src.read.circular.raw_html import LineNumbers


@given(st.text("αa\n\r\f", max_size=30), st.data())
def test_a_line_is_one_more_than_the_line_ends_before(text: str, data: st.DataObject) -> None:
    """Nothing but a line feed ends a line, and it belongs to the line that it ends."""
    position = data.draw(st.integers(0, len(text)))
    assert LineNumbers(text).at(position) == text[:position].count("\n") + 1

"""Fuzzes the reader of access logs, as ``fuzzing.py`` says.

Each input is some good lines with bytes of the fuzzer's between and within them, plain or gzipped.
"""

from __future__ import annotations

import gzip
import io

import atheris

with atheris.instrument_imports(include=["site_src"]):
    from site_src.report.access_log import BREAKS_OFF, Tally, read_requests

from tests.fuzz.fuzzing import changed, fuzz
from tests.report.test_access_log import AREA, is_empty, line

WHOLE = "\n".join(
    [line(), line(user="-", status=401), "portal.example:443 " + line(rest=""), line("GET /files//2020-11/%2e/x?y")]
).encode()


def one_input(data: bytes) -> None:
    """Run one input of libFuzzer: nothing is raised, every line is counted, requests are ours."""
    choices = atheris.FuzzedDataProvider(data)
    packed, damaged = choices.ConsumeBool(), choices.ConsumeBool()
    text = changed(WHOLE, choices) + choices.ConsumeBytes(200)
    log = gzip.compress(text, compresslevel=1, mtime=0) if packed else text
    log = changed(log, choices) if damaged else log
    tally = Tally()
    try:
        requests = list(read_requests(io.BytesIO(log), AREA, tally))
    except BREAKS_OFF:
        assert log.startswith(b"\x1f\x8b"), "only what is gzipped can break off"
        return
    assert len(requests) + tally.broken <= tally.lines, "a line counted twice"
    assert all(request.path.startswith(AREA) for request in requests), "a path of another area"
    assert (tally.span is None) == (not tally.days), "a day that is none"
    if not packed and not text.startswith(b"\x1f\x8b") and not damaged:
        assert tally.lines == sum(not is_empty(each) for each in text.split(b"\n")), "a line lost"


if __name__ == "__main__":
    fuzz(one_input)

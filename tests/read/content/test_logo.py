from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from site_src.problems import Problem, Problems
from site_src.read.content.enclosures import LOGO_BYTES_MAX, LOGO_PIXELS_MAX
from site_src.read.content.toml_files import read_site
from tests.support.small_site import SITE

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.read.settings import Site

NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
DRAWN = f'<svg {NAMESPACE} viewBox="0 0 30 40"><path d="M0 0h30v40z"/></svg>'


def png(width: int = 30, height: int = 40) -> bytes:
    """A picture of this size."""
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return file.getvalue()


def _read(content: Path, name: str, data: bytes | str | None, key: str = "") -> tuple[Site, tuple[Problem, ...]]:
    """The site with a logo, and what is wrong with it."""
    if data is not None:
        (content / name).write_bytes(data.encode() if isinstance(data, str) else data)
    (content / "site.toml").write_text(f'{SITE}logo = "{key or name}"\n', encoding="utf-8")
    problems = Problems()
    return read_site(content, problems), problems.all()


@pytest.mark.parametrize(
    ("name", "data", "ratio"),
    [
        ("logo.png", png(), 0.75),
        ("λογότυπο.svg", DRAWN, 0.75),
        ("LOGO.SVG", "\ufeff" + DRAWN, 0.75),
        ("logo.svg", f'<svg {NAMESPACE} width="15.5mm" height="31mm"/>', 0.5),
        (
            "logo.svg",
            f'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg {NAMESPACE} viewBox="0,0,2,1"/>',
            2,
        ),
    ],
)
def test_a_logo_is_read_with_its_ratio(tmp_path: Path, name: str, data: bytes | str, ratio: float) -> None:
    """A PNG or SVG as programs write them, byte for byte."""
    site, problems = _read(tmp_path, name, data)
    assert problems == ()
    assert site.logo
    assert (site.logo.name, site.logo.content) == (name, (tmp_path / name).read_bytes())
    assert site.logo.width / site.logo.height == pytest.approx(ratio)


NOT_SHOWN = "this logo cannot be shown: "
NO_SVG, NO_SIZE = f"{NOT_SHOWN}it is not SVG", f"{NOT_SHOWN}it does not say how large it is"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("logo.jpg", b"x", "a logo is an SVG or a PNG: expected a name that ends in .svg or .png"),
        ("logo.png", None, "there is no such file beside site.toml"),
        ("logo.svg", " " * (LOGO_BYTES_MAX + 1), "this logo has more than 100 KB, and every letter would carry it"),
        ("logo.png", b"GIF89a", f"{NOT_SHOWN}the file is not what the end of its name says"),
        ("logo.png", png()[:-5], f"{NOT_SHOWN}its end is missing"),
        ("logo.png", png(LOGO_PIXELS_MAX + 1, 1), f"{NOT_SHOWN}it has more than 2000 pixels on one side"),
        ("logo.svg", "<svg viewBox='0 0 1 1'/>", NO_SVG),
        ("logo.svg", "<html/>", NO_SVG),
        ("logo.svg", DRAWN[:-3], NO_SVG),
        ("logo.svg", DRAWN.encode("utf-16"), NO_SVG),
        ("logo.svg", f'<!DOCTYPE a [<!ENTITY b "c">]>{DRAWN}', NO_SVG),
        ("logo.svg", f"<svg {NAMESPACE}/>", NO_SIZE),
        ("logo.svg", f'<svg {NAMESPACE} viewBox="0 0 0 9"/>', NO_SIZE),
        ("logo.svg", f'<svg {NAMESPACE} width="100%"/>', NO_SIZE),
        ("logo.svg", f'<svg {NAMESPACE} viewBox="0 0 {"9" * 400} 1"/>', NO_SIZE),
        ("logo.svg", f'<svg {NAMESPACE} width="1" height="0.{"0" * 400}1"/>', NO_SIZE),
    ],
    ids=range(16),
)
def test_what_cannot_be_a_logo_is_an_error(tmp_path: Path, name: str, data: bytes | str | None, message: str) -> None:
    """Another kind, a damaged file, a bomb or one without a size is told once, by its name, with what to do."""
    _, (problem,) = _read(tmp_path, name, data)
    assert problem.at.file == name
    assert problem.message.startswith(message)
    assert problem.hint


def test_a_logo_in_another_folder_is_an_error(tmp_path: Path) -> None:
    """Only a file beside site.toml is taken, so that nothing else of the machine can be published by a slip."""
    (tmp_path / "content").mkdir()
    (tmp_path / "logo.png").write_bytes(png())
    for key in ("../logo.png", (tmp_path / "logo.png").as_posix()):
        _, (problem,) = _read(tmp_path / "content", "logo.png", png(), key)
        assert problem.message == "there is no such file beside site.toml"

"""The content of an HTML page as lines of text: one for each paragraph, row, heading or picture."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

_LINES = frozenset(
    (
        *("p", "li", "tr", "h1", "h2", "h3", "h4", "summary", "figcaption", "figure", "dt", "dd", "div", "section"),
        *("article", "caption", "details", "svg", "text", "label", "pre"),
    )
)
_CELLS = frozenset({"td", "th"})
_SPOKEN = ("title", "alt", "aria-label")  # what is read of an element that has no text
_DRAWN = frozenset({"rect", "circle", "line", "path", "polyline", "polygon", "ellipse"})
_HIDDEN = frozenset({"style", "script"})
_LONG = 60  # letters of an address or a path that are kept


def page_lines(path: Path, *, drawn: bool) -> list[str]:
    """Read a page; `drawn` also keeps the classes, the lengths of bars, and the shapes of charts."""
    reader = _Reader(drawn=drawn)
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader.lines()


class _Reader(HTMLParser):
    def __init__(self, *, drawn: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._drawn = drawn
        self._lines: list[str] = []
        self._words: list[str] = []
        self._hidden = 0

    def lines(self) -> list[str]:
        self._end_line()
        return self._lines

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _HIDDEN:
            self._hidden += 1
        if tag in _LINES:
            self._end_line()
        if tag == "section":
            self._lines += ["", f"## {values.get('id')}{' (absent)' if 'class' in values else ''}"]
        if tag in _CELLS:
            self._words.append(" | ")
        self._words += [f"[{values[name]}]" for name in _SPOKEN if values.get(name)]
        if tag == "a":
            self._words.append(f"<{values.get('href', '')[:_LONG]}>")
        if tag == "img":
            self._words.append(f"<{values.get('src', '').partition(',')[0]}>")
        if self._drawn:
            self._keep_looks(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden -= 1
        if tag in _LINES:
            self._end_line()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._words.append(data)

    def _keep_looks(self, tag: str, values: dict[str, str]) -> None:
        if tag in _DRAWN:
            self._end_line()
            shape = (f"{name}={value}" for name, value in sorted(values.items()) if name not in _SPOKEN)
            self._lines.append(f"  <{tag} {' '.join(shape)}>")
            return
        kept = [values[name] for name in ("class", "style", "x", "y", "datetime") if values.get(name)]
        kept += [name for name in ("open", "hidden") if name in values]
        kept += [f"{name}={value}" for name, value in values.items() if name.startswith("data-")]
        if kept:
            self._words.append(f"{{{'; '.join(kept)}}}")

    def _end_line(self) -> None:
        line = re.sub(r"[ \n\t]+", " ", "".join(self._words)).strip(" |")
        self._words = []
        if line:
            self._lines.append(line)

"""The colours can be read, in light and dark."""

from __future__ import annotations

import re

import pytest

from onelook.report.page import Masthead, Section, render_page
from onelook.report.theme import DARK, LIGHT, RAMP_STEPS, Palette, contrast, css_variables


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
class TestPalette:
    def test_text_has_the_contrast_that_wcag_asks_for(self, palette: Palette) -> None:
        for ink in (palette.ink, palette.soft_ink, palette.faint_ink, palette.right, palette.wrong):
            assert contrast(ink, palette.paper) >= 4.5
            assert contrast(ink, palette.card) >= 4.5
        for ink in (palette.ink, palette.soft_ink, palette.faint_ink):  # the row of the best run, a warning, a mat
            assert min(contrast(ink, under) for under in (palette.right_wash, palette.wrong_wash, palette.mat)) >= 4.5
        assert contrast(palette.wrong, palette.wrong_wash) >= 4.5
        assert contrast(palette.right, palette.right_wash) >= 4.5
        assert contrast(palette.paper, palette.right) >= 4.5  # the chosen half of the toggle

    def test_lines_and_bars_can_be_seen(self, palette: Palette) -> None:
        for colour in (palette.right, palette.wrong, palette.other):
            assert contrast(colour, palette.paper) >= 3.0

    def test_every_shade_of_the_matrix_can_be_written_on(self, palette: Palette) -> None:
        variables = dict(re.findall(r"--([\w-]+): (#\w{6});", css_variables(palette)))
        for hue in ("right", "wrong"):
            assert variables[f"{hue}-{RAMP_STEPS}"] == variables[hue]
            for step in range(1, RAMP_STEPS + 1):
                assert contrast(variables[f"{hue}-{step}"], variables[f"on-{hue}-{step}"]) >= 4.5


def test_a_page_is_light_and_on_a_dark_screen_dark() -> None:
    html = render_page({"one": Section("One", "One", missing="No.")}, Masthead("runs", "A kind", "", "1"))
    light, dark = re.findall(r":root \{\n(.*?)\n\}", html, re.DOTALL)
    assert (light, dark) == (css_variables(LIGHT), css_variables(DARK))
    before = html[: html.index(dark)]
    assert before.endswith("@media screen and (prefers-color-scheme: dark) {\n:root {\n")
    assert "@media" not in html[: html.index(light)]

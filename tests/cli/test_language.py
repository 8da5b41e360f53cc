"""`--lang` chooses the language of pages, for one command."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contracts.whole_runs import made_up

from onelook import open_run
from onelook.cli import main
from onelook.errors import ConfigError
from onelook.wording import for_page, language


@for_page
def language_of_pages() -> str:
    return language()


def test_a_report_is_in_the_language_that_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made_up.hardly_begun(tmp_path)
    run = str(tmp_path / "hardly-begun")
    assert main(["report", run, "--lang", "ko", "--out", str(tmp_path / "ko.html")]) == 0
    assert capsys.readouterr().out.startswith("report:")  # the screen stays English
    assert language_of_pages() == "en"
    assert main(["report", run, "--out", str(tmp_path / "en.html")]) == 0
    korean, english = ((tmp_path / f"{name}.html").read_text(encoding="utf-8") for name in ("ko", "en"))
    assert ('<html lang="ko">' in korean, '<html lang="en">' in english) == (True, True)
    assert ("아직 점수가 없습니다" in korean, "아직" in english) == (True, False)


def test_a_run_writes_its_report_in_a_language(tmp_path: Path) -> None:
    made_up.few_digits(tmp_path)
    run = open_run(tmp_path / "few-digits")
    assert '<html lang="ko">' in run.report(lang="ko").read_text(encoding="utf-8")
    assert '<html lang="en">' in run.report().read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match="unknown language 'fr'. Known: en, ko."):
        run.report(lang="fr")


def test_an_unknown_language_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "nowhere", "--lang", "kr"]) == 2
    assert capsys.readouterr().err == "error: unknown language 'kr'. Known: en, ko.\n"

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from motetc.diagnostics.model import Diagnostic, Related, Span
from motetc.diagnostics.report import Report

FOUND = Diagnostic(
    "wrong-sender",
    "`title` is not known\nat `seller`",
    Span("shop.py", 4, 12, 4, 17),
    (Related(Span("shop.py", 3, 5, 3, 10), "known at `buyer`"),),
    "let `buyer` send it, 100% sure",
)


def printed(form: str, root: Path, *found: Diagnostic) -> str:
    out = io.StringIO()
    report = Report(form, out=out, err=io.StringIO())
    report.findings(found or (FOUND,), root)
    assert report.code == 1
    return out.getvalue()


def test_concise_is_one_line(tmp_path: Path):
    assert (
        printed("concise", tmp_path)
        == "shop.py:4:12: wrong-sender `title` is not known at `seller`\n"
    )


def test_json_has_every_field(tmp_path: Path):
    assert json.loads(printed("json", tmp_path)) == {
        "code": "wrong-sender",
        "severity": "error",
        "message": "`title` is not known\nat `seller`",
        "path": "shop.py",
        "line": 4,
        "column": 12,
        "end_line": 4,
        "end_column": 17,
        "help": "let `buyer` send it, 100% sure",
        "related": [
            {
                "path": "shop.py",
                "line": 3,
                "column": 5,
                "end_line": 3,
                "end_column": 10,
                "message": "known at `buyer`",
            }
        ],
    }


def test_github_escapes_what_a_workflow_command_would_read(tmp_path: Path):
    assert printed("github", tmp_path) == (
        "::error file=shop.py,line=4,endLine=4,col=12,title=wrong-sender::"
        "`title` is not known%0Aat `seller`%0Ahelp: let `buyer` send it, 100%25 sure\n"
    )


def test_findings_come_in_source_order_and_each_once(tmp_path: Path):
    later = Diagnostic("misc", "m", Span("shop.py", 9, 1, 9, 2))
    lines = printed("concise", tmp_path, later, FOUND, later).splitlines()
    assert [line.split(":")[1] for line in lines] == ["4", "9"]


def test_paths_are_relative_to_the_working_directory_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert printed("concise", tmp_path / "examples/shop").startswith("examples/shop/shop.py:4:12:")


def test_warnings_alone_are_clean(tmp_path: Path):
    report = Report("concise", out=io.StringIO(), err=io.StringIO())
    assert report.findings([Diagnostic("misc", "m", FOUND.span, severity="warning")], tmp_path) == 0
    assert report.code == 0


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False), ({}, False)],
)
def test_no_color_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], coloured: bool
):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in printed("text", tmp_path)) is coloured


def test_sarif_is_one_log_with_the_rules_that_were_broken(tmp_path: Path):
    mypys = Diagnostic("union-attr", "m", Span("a folder/shop.py", 9, 1, 9, 2), severity="warning")
    log = json.loads(printed("sarif", tmp_path, FOUND, mypys))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["union-attr", "wrong-sender"]
    first, second = sorted(run["results"], key=lambda result: result["level"])
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("wrong-sender", 1, "error")
    assert first["message"]["text"].endswith("help: let `buyer` send it, 100% sure")
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "shop.py"},
        "region": {"startLine": 4, "startColumn": 12, "endLine": 4, "endColumn": 17},
    }
    assert first["relatedLocations"][0]["message"] == {"text": "known at `buyer`"}
    place = second["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20folder/shop.py"}


def test_sarif_says_also_that_there_is_nothing(tmp_path: Path):
    out = io.StringIO()
    Report("sarif", out=out, err=io.StringIO()).findings((), tmp_path)
    assert json.loads(out.getvalue())["runs"][0]["results"] == []

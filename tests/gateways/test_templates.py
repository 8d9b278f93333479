"""Templates are read once, and what cannot work is told before any letter is written."""

import shutil
from pathlib import Path

import pytest

from cuibao.gateways.templates import REQUIRED, load_template, load_templates, stages_without_templates
from cuibao.rules.outcomes import ConfigError
from cuibao.rules.period import Stage

SHIPPED = Path(__file__).parents[2] / "templates"


@pytest.fixture
def folder(tmp_path):
    for kind in ("mail", "documents"):
        shutil.copytree(SHIPPED / kind, tmp_path / kind)
    return tmp_path


def problem_of(folder: Path):
    with pytest.raises(ConfigError) as caught:
        load_templates(folder)
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


def test_the_shipped_templates_are_complete():
    assert set(REQUIRED) <= set(load_templates(SHIPPED))


def test_a_template_is_known_by_its_place_below_the_folder(folder):
    assert load_templates(folder)["mail/first.subject"].startswith("{%")


def test_a_missing_template_is_named_with_the_remedy(folder):
    (folder / "mail/urge.txt").unlink()
    problem = problem_of(folder)
    assert (problem.file, problem.message, problem.remedy) == (
        "templates/mail/urge.txt",
        "缺少模板文件",
        "请从安装包中恢复该文件",
    )


def test_a_missing_shared_file_is_named_where_it_is_used(folder):
    (folder / "mail/_receipt.txt").unlink()
    with pytest.raises(ConfigError) as caught:
        load_templates(folder)
    assert "templates/mail/receipt.html：第3行：引用的模板mail/_receipt.txt不存在" in str(caught.value)


def test_a_missing_folder_names_every_template(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_templates(tmp_path / "nowhere")
    assert {problem.file for problem in caught.value.problems} == {f"templates/{name}" for name in REQUIRED}


@pytest.mark.parametrize("line", ["{% if %}", "{{ letter.unit", "{{ letter.unit | shout }}", "{% endfor %}"])
def test_wrong_syntax_is_told_with_its_line(folder, line):
    (folder / "mail/first.txt").write_text(f"市教育局：\n\n{line}\n", encoding="utf-8")
    problem = problem_of(folder)
    assert (problem.file, problem.path) == ("templates/mail/first.txt", "第3行")
    assert problem.message.startswith("模板语法有误")


def test_a_name_that_letters_do_not_have_is_told_with_its_line(folder):
    (folder / "mail/first.subject").write_text("关于报送\n{{ unit }}\n", encoding="utf-8")
    problem = problem_of(folder)
    assert (problem.path, problem.message) == ("第2行", "模板引用了没有的内容（unit）")


def test_a_template_in_another_encoding_is_told(folder):
    (folder / "mail/first.txt").write_bytes("市教育局".encode("gb18030"))
    assert problem_of(folder).message == "模板文件不是UTF-8编码"


def test_a_template_that_may_not_be_read_is_told(folder, monkeypatch):
    read_text = Path.read_text

    def refuse(path: Path, **options: str) -> str:
        if path.name == "first.txt":
            raise PermissionError(13, "Permission denied")
        return read_text(path, **options)

    monkeypatch.setattr(Path, "read_text", refuse)
    assert problem_of(folder).message == "模板文件无法读取（没有权限）"


def test_a_byte_order_mark_from_notepad_does_no_harm(folder):
    (folder / "mail/first.subject").write_text("\ufeff关于报送", encoding="utf-8")
    assert load_templates(folder)["mail/first.subject"] == "关于报送"


def test_several_problems_are_told_at_once(folder):
    (folder / "mail/urge.txt").unlink()
    (folder / "mail/due.txt").write_text("{% if %}", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_templates(folder)
    assert len(caught.value.problems) == 2


def test_pages_are_not_held_to_the_names_of_letters(folder):
    (folder / "console").mkdir()
    (folder / "console/page.html").write_text("{{ standings | tojson }}", encoding="utf-8")
    assert "console/page.html" in load_templates(folder)


def test_an_enabled_stage_needs_three_templates_of_its_own():
    stages = (Stage("first", "提醒", -10), Stage("early", "预告", -20), Stage("late", "再催", 9, enabled=False))
    texts = {**load_templates(SHIPPED), "mail/early.txt": "市教育局："}
    (problem,) = stages_without_templates(stages, texts, "config/office.yaml")
    assert (problem.file, problem.path) == ("config/office.yaml", "stages[1].key")
    assert problem.message == "提醒“early”没有模板：缺少 templates/mail/early.subject、templates/mail/early.html"
    assert "enabled: false" in problem.remedy


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{{ letter.nosuch }}", "模板引用了没有的内容"),
        ("{{ words.nosuch() }}", "模板引用了没有的内容"),
        ("{{ 1 / 0 }}", "模板无法填写"),
    ],
)
def test_what_fails_only_when_a_letter_is_written_is_found_before(folder, line, said):
    text = (folder / "mail/overdue.txt").read_text(encoding="utf-8")
    (folder / "mail/overdue.txt").write_text(
        text.replace("{% block help %}\n", f"{{% block help %}}\n{line}\n"), encoding="utf-8"
    )
    problem = problem_of(folder)
    assert (problem.file, problem.path) == ("templates/mail/overdue.txt", "第6行")
    assert said in problem.message


@pytest.mark.parametrize("name", ["first.subject", "digest.txt", "alarm.html", "receipt.txt"])
def test_a_template_that_comes_out_empty_is_a_mistake(folder, name):
    (folder / "mail" / name).write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_templates(folder)
    assert {(p.file, p.message) for p in caught.value.problems} == {(f"templates/mail/{name}", "模板填写后没有内容")}


def test_a_template_that_extends_itself_is_a_mistake(folder):
    (folder / "mail/urge.txt").write_text('{% extends "mail/urge.txt" %}', encoding="utf-8")
    assert problem_of(folder).file.startswith("templates/mail/urge")


def test_html_that_shows_nothing_is_a_mistake(folder):
    (folder / "mail/first.html").write_text(
        "<title>函</title><body bgcolor=white><p>&nbsp;</p></body>", encoding="utf-8"
    )
    problem = problem_of(folder)
    assert (problem.file, problem.message) == ("templates/mail/first.html", "模板填写后没有内容")


def test_half_a_stage_that_an_office_is_still_wording_stops_nothing(folder):
    (folder / "mail/early.subject").write_text("预告", encoding="utf-8")
    assert "mail/early.subject" in load_templates(folder)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("urge.txt", "{{ letter.returned[0].reason }}"),
        ("first.html", "{{ letter.pass_on[0].no }}"),
        ("first.txt", "{{ letter.cooperating[0].title }}"),
        ("first.txt", "{{ letter.lead[0].title }}"),
        ("urge.txt", "{{ letter.earlier_letter | short_date }}"),
        ("overdue.txt", "{% if letter.today > letter.last_day and letter.returned %}{{ letter.nosuch }}{% endif %}"),
    ],
)
def test_what_only_some_letters_have_is_not_taken_for_granted(folder, name, text):
    path = folder / "mail" / name
    path.write_text(
        path.read_text(encoding="utf-8").replace("{% block opening %}", f"{{% block opening %}}{text}"),
        encoding="utf-8",
    )
    assert problem_of(folder).file == f"templates/mail/{name}"


def test_the_all_clear_is_tried_too(folder):
    path = folder / "mail/alarm.txt"
    path.write_text(
        path.read_text(encoding="utf-8") + "{% if letter.over %}{{ letter.nosuch }}{% endif %}", encoding="utf-8"
    )
    assert problem_of(folder).file == "templates/mail/alarm.txt"


def test_one_template_is_loaded_whatever_the_letters_are_like(folder):
    (folder / "mail/first.txt").write_text("{{", encoding="utf-8")
    (folder / "notice").mkdir()
    shutil.copy(SHIPPED / "notice" / "review.html", folder / "notice")
    assert load_template(folder, "notice/review.html").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("raw", "message"),
    [(None, "缺少模板文件"), (b"{{", "模板语法有误"), ("甲".encode("gb18030"), "模板文件不是UTF-8编码")],
)
def test_one_template_that_cannot_work_is_named(folder, raw, message):
    (folder / "notice").mkdir()
    if raw is not None:
        (folder / "notice/review.html").write_bytes(raw)
    with pytest.raises(ConfigError) as caught:
        load_template(folder, "notice/review.html")
    (problem,) = caught.value.problems
    assert problem.file == "templates/notice/review.html"
    assert problem.message.startswith(message)

"""One notice in running text and one in a table, written out as each kind of file that offices send."""

import io
from html import escape

import docx

HEAD = (
    "澄民办〔2021〕3号",
    "关于印发2021年全市民生工作要点的通知",
    "各县市区人民政府，市直各责任单位：",
    "现将《2021年全市民生工作要点》印发给你们，请认真组织实施。请市直各责任单位于6月30日、9月30日、12月20日前，将完成情况按季度报送"
    "至市民生办（电子邮箱：minsheng@chengzhou.example）。",
    "澄州市民生工作领导小组办公室",
    "2021年3月8日",
    "2021年全市民生工作要点",
)
ITEMS = (
    "一、促进就业增收",
    "1．开展技能提升行动。全年培训企业职工不少于1.2万人次，其中新技工2400人。（牵头责任单位：市人力资源和社会保障局；协同责任单位：市财政局、市工业和信息化局等）",
    "2．保障农民工工资支付。健全长效机制，及时处置欠薪线索。（牵头责任单位：市人力资源和社会保障局；协同责任单位：市住房和城乡建设局）",
    "二、办好人民满意教育",
    "3．扩大学前教育资源。新建、改扩建公办幼儿园25所，普惠性幼儿园覆盖率达到85%以上。（责任单位：市教育局）",
)
ROWS = (
    ("序号", "目标与任务", "牵头责任单位", "责任单位"),
    ("1", "扩大学前教育资源。新建、改扩建公办幼儿园25所，普惠性幼儿园覆盖率达到85%以上。", "市教育局", "市财政局"),
    ("2", "实施老旧小区改造。改造老旧小区40个。", "市住房和城乡建设局", "市财政局、市自然资源和规划局"),
    ("3", "开展技能提升行动。全年培训企业职工不少于12000人次。", "市人力资源和社会保障局", "市总工会"),
)
PARAGRAPHS = (*HEAD, *ITEMS)
TABLE = (*HEAD, ROWS)
Blocks = tuple[str | tuple[tuple[str, ...], ...], ...]


def as_docx(blocks: Blocks) -> bytes:
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(len(block), len(block[0]))
        table.style = "Table Grid"
        for row, texts in zip(table.rows, block, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def as_html(blocks: Blocks) -> bytes:
    style = "<style>body { font-family: serif } table { border-collapse: collapse } td { border: 1px solid }</style>"
    return f"<!DOCTYPE html><meta charset=utf-8>{style}{''.join(map(_html, blocks))}".encode()


def _html(block: str | tuple[tuple[str, ...], ...]) -> str:
    if isinstance(block, str):
        return f"<p>{escape(block)}</p>"
    return f"<table>{''.join('<tr>' + ''.join(f'<td>{escape(cell)}' for cell in row) for row in block)}</table>"


def as_text(blocks: Blocks) -> bytes:
    lines = (block if isinstance(block, str) else "\n".join(map("\t".join, block)) for block in blocks)
    return "\r\n".join(lines).encode("gb18030")


def as_markdown(blocks: Blocks) -> bytes:
    return "\n\n".join(map(_markdown, blocks)).encode()


def _markdown(block: str | tuple[tuple[str, ...], ...]) -> str:
    if isinstance(block, str):
        return block
    first, *rest = (f"| {' | '.join(row)} |" for row in block)
    return "\n".join((first, "|---" * len(block[0]) + "|", *rest))

"""The characters by which a clause's rules are skipped: never one that would have matched."""

from pathlib import Path

import pytest

from cuibao.papers import mail
from cuibao.papers.clauses import _CLAUSE_RULES, Clause, _clause, _clauses
from cuibao.papers.folding import folded

MAILS = Path(__file__).parents[1] / "data" / "mails"
PHRASES = (
    "能不能晚一天 可不可以 是否可以 是否属于 收到了吗 申请延期 希望宽限 恳请延后 请予明确 请告知 如何填 怎么办理 什么时候",
    "零报告 暂无进展 没有新进展 无相关工作进展 本季度没有 无可报 无内容可报 无报送内容 没有需要上报",
    "尊敬的领导 各位同志 您好 你好 王老师好 民生办: 市教育局 区委 各位领导 张同志 业务科 综合处 此致 敬礼 祝工作顺利",
    "附件 附后 见正文 见下 见表 详见 请查收 敬请审阅 望查阅 请审核 请审定 请阅示 请收阅 已于昨日报送 已传真 已寄 报送完毕 反馈给 填报至 现将情况汇报 现就此报告 如下 之前发过",
    "收到 收悉 已收 好的 好嘞 谢谢 感谢 多谢 知悉 获悉 明白 知道了 了解 辛苦 遵照 照办 没问题 同意 好 嗯 行 可以 已阅 ok OKAY Thanks received Noted",
    "下一步 下步 下阶段 将于 将继续 我局会 我办将 尽快 抓紧 近日 稍后 随后 明天 拟 预计 争取 力争 计划于 按时上报 按要求办 及时落实 马上报 立即组织 正在汇总",
    "推迟 缓报 来不及 晚几天报 无法按时报送 目标应为9800人 通知有误 请予更正 请求调减 恳请免报 数据不准 指标偏高 难以按期提供",
    "近期报送 稍后上报 预计6月28日前完成并报送 另行说明 尚在统计 正在核对 容后 汇总后报送 再行补报 月底前报出 下周反馈",
    "材料共12页 报表未齐 数据尚缺 收集材料 汇总报表 填报工作已完成 整理完成 摸底完成 自查已完成 梳理过半 起草完成 统计完成",
    "目标为25所 任务9800人 指标是95% 要求培训 去年9所 上年9所 往年9所 还需 须完成 需要建设 应开工 尚未开工 未完成 没有启动 无法实施 难以推进 不能到位 停工 取消 中止 暂停",
    "召开推进会 开会 部署 专人负责 联络员 责任人 负责人 科室 传达 学习 转发 批示 过问 研究 搬迁 调研 落实人员 明确分工 指定3人 确定2人 抽调5人 安排3名 配备1名",
    "即将完成 有望建成 可望达到 打算开工 确保完成 保证完成 承诺完成 可完成9所 如资金到位 若7月开工 倘能 一旦到位 待批复 月底前完成 年底前建成 再报 才能出",
    "完成 开展 推进 累计 落实 实施 建成 开工 竣工 达 达到 新增 发放 组织 举办 印发 启动 培训 改造 建设 下达 拨付 投入 惠及 救助 建立 制定 出台 提高 增长 签约 交付 验收 检查 整治 办理 已 进度 同比 占年度 占全年",
)


def clauses() -> list[str]:
    read = [mail.read(path.read_bytes()) for path in sorted(MAILS.glob("*.eml"))]
    written = [clause for one in read for clause in _clauses(folded(one.text))]
    return [*"\n".join(PHRASES).split(), *written]


@pytest.mark.parametrize(("kind", "needed", "pattern"), _CLAUSE_RULES, ids=[rule[0] for rule in _CLAUSE_RULES])
def test_every_match_holds_a_needed_character(kind, needed, pattern):
    matched = [clause for clause in clauses() if pattern.search(clause)]
    assert len(matched) > 5
    assert [clause for clause in matched if needed.isdisjoint(clause)] == []


@pytest.mark.parametrize(
    ("clause", "kind"),
    [
        ("能不能晚一天", "question"),
        ("暂无进展", "nil"),
        ("已新增学位2430个", "progress"),
        ("OK", "thanks"),
        ("12家幼儿园", "progress"),
    ],
)
def test_a_clause_is_what_it_does(clause, kind):
    assert _clause(clause) is Clause(kind)


def test_a_clause_with_none_of_the_words_is_the_rest():
    assert _clause("今天天晴") is Clause.REST
    assert _clause("附近收到资金1200万元") is Clause.PROGRESS

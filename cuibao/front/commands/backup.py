"""`backup`: a full copy of the store and the configuration, made at once."""

from argparse import Namespace
from datetime import datetime

from cuibao.front import show
from cuibao.front.house import House
from cuibao.gateways.backup import full_backup


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    made = full_backup(house.store, house.config, now, mode="sandbox" if args.sandbox else "office", out=args.out)
    if args.json:
        show.as_json({"file": str(made.path), "entries": made.entries, "files": made.files, "bytes": made.size})
    else:
        show.say(
            f"已备份：{made.path}（台账 {made.entries} 条，文件 {made.files} 个，{size_words(made.size)}）",
            "其中有密钥和来往邮件，请存放在他人不能读取、且不在本机的地方；.env 不在其中，请另行保管。",
            f"恢复：停止后台服务后执行 ./bot restore '{made.path}'",
        )
    return 0


def size_words(count: int) -> str:
    """Bytes for people: 12 KB, 3.4 MB."""
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{-(-count // 1000)} KB"

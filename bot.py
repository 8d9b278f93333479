"""Start cuibao: `./bot COMMAND`, or `python bot.py COMMAND` in an environment that has requirements.txt installed."""

import gc
import sys


def start() -> int:
    """Run the command line; 2 and the remedy when Python is too old or a package of requirements.txt is missing."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python gets a sentence, not a SyntaxError of a module
        print("需要 Python 3.11 或更高版本，当前为 %d.%d。" % sys.version_info[:2], file=sys.stderr)  # noqa: UP031 - ditto
        return 2
    gc.disable()  # what is loaded now stays: to look through it for garbage would take a tenth of a short command's time
    try:
        from cuibao.front.cli import main

        return main()
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] == "cuibao":
            raise
        print(f"缺少组件 {missing.name}。请用 ./bot 运行，或先输入：pip install -r requirements.txt", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(start())

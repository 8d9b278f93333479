"""System words: why the operating system refused something, in Chinese."""

import errno
import os

_WORDS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一处不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘或文件夹只读",
    errno.EEXIST: "同名文件已存在",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ELOOP: "链接互相指向，没有终点",
    errno.EBUSY: "正被其他程序占用",
    errno.ETXTBSY: "正被其他程序占用",
    errno.ENXIO: "不是普通文件",
    errno.ENODEV: "不是普通文件",
    errno.ENOSPC: "磁盘空间已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EFBIG: "文件大小超出系统限制",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件过多",
    errno.ENFILE: "打开的文件过多",
    errno.ENOMEM: "内存不足",
    errno.EADDRINUSE: "已被其他程序占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ECONNRESET: "连接被断开",
    errno.EPIPE: "连接被断开",
    errno.ETIMEDOUT: "等待答复超时",
    errno.ENETUNREACH: "网络不通",
    errno.EHOSTUNREACH: "网络不通",
}


def why(error: OSError) -> str:
    """The reason in Chinese where it is a common one, else in the words of the error."""
    return known(error) or error.strerror or str(error) or type(error).__name__


def known(error: OSError) -> str:
    """The reason in Chinese; "" where it is no common one, or the error is the system's only by its kind: those of certificates and of
    names count by numbers of their own."""
    if isinstance(error, TimeoutError):
        return _WORDS[errno.ETIMEDOUT]
    number = error.errno or 0
    return _WORDS.get(number, "") if number and os.strerror(number) == error.strerror else ""

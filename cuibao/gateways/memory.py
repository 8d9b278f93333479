"""Memory that the C library keeps though Python has freed it, given back to the machine."""

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Return what is free (malloc_trim, glibc); nothing where the C library has no such call. Takes milliseconds. For after work that
    needed much for a moment: between two of them lasting objects settle in its pages, and a process that runs for months grows."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)

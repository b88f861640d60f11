"""Processes that end with the one that started them, even when that is killed (on Linux)."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent(number):
    """A preexec_fn: on Linux the process gets the signal when its parent dies, even by kill -9."""
    parent = os.getpid()

    def prepare():
        ask_for_signal(number)
        if sys.platform == "linux" and os.getppid() != parent:  # it died before the call
            os.kill(os.getpid(), signal.SIGKILL)

    return prepare


def ask_for_signal(number):
    """On Linux the present process gets the signal when its parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)

"""``ctypes.windll`` for programs that use ``iphlpapi`` through ctypes, on systems that are not Windows.

A watcher that begins with ::

    from netiosim_windll import WINFUNCTYPE, WinError, windll

runs on Windows with the system's own ``iphlpapi.dll``, and elsewhere with the simulated one: the shared object of
netiosim, which is found where ``NETIOSIM_LIBRARY`` says (a file or its folder), among the libraries that
``netiosim exec`` has preloaded, or by the linker's own search path. Nothing is loaded before ``windll.iphlpapi`` is
used.

What differs from Windows off Windows, and how this module helps:

* ``wchar_t`` has 32 bits, so ``ctypes.c_wchar`` and ``create_unicode_buffer`` do not fit WCHAR members. Use
  ``WCHAR`` (16 bits), and ``wide`` and ``from_wide`` to get a string in and out.
* ``ctypes.c_long`` and ``ctypes.wintypes.DWORD`` have 64 bits on 64-bit systems. Use ``LONG``, ``ULONG`` and
  ``DWORD`` from here: they have 32 bits everywhere.
* ``AF_INET6`` is 23 for these functions, whatever the system's own number is.
* ``GetLastError`` is not set by these functions, on Windows neither: look at the code that they return.
"""

import ctypes
import os
import sys

__all__ = [
    "AF_INET", "AF_INET6", "AF_UNSPEC", "BOOLEAN", "DWORD", "HANDLE", "LONG", "LibraryMissing", "NETIO_STATUS",
    "SHORT", "ULONG", "ULONGLONG", "USHORT", "WCHAR", "WINFUNCTYPE", "WinError", "from_wide", "wide", "windll",
]

BOOLEAN = ctypes.c_ubyte
SHORT = ctypes.c_int16
USHORT = ctypes.c_uint16
LONG = ctypes.c_int32
ULONG = ctypes.c_uint32
DWORD = ctypes.c_uint32
NETIO_STATUS = ctypes.c_uint32
ULONGLONG = ctypes.c_uint64
HANDLE = ctypes.c_void_p
WCHAR = ctypes.c_uint16

AF_UNSPEC = 0
AF_INET = 2
AF_INET6 = 23

_ON_WINDOWS = sys.platform == "win32"


class LibraryMissing(OSError):
    """The shared object is not found; the text says where it was looked for and what to do."""


def wide(text, length):
    """An array of so many WCHARs with this text and a NUL."""
    units = text.encode("utf-16-le")
    if len(units) // 2 >= length:
        raise ValueError(f"the text has {len(units) // 2} units and a NUL, which do not fit into {length}")
    array = (WCHAR * length)()
    ctypes.memmove(array, units, len(units))
    return array


def from_wide(array):
    """The text in an array of WCHARs, up to its NUL."""
    units = bytes(memoryview(array))
    for end in range(0, len(units), 2):
        if units[end:end + 2] == b"\0\0":
            units = units[:end]
            break
    return units.decode("utf-16-le", "replace")


if _ON_WINDOWS:
    from ctypes import WINFUNCTYPE, WinError, windll
else:
    # There is one calling convention, that of C.
    WINFUNCTYPE = ctypes.CFUNCTYPE

    def WinError(code):
        """An OSError that names a code of these functions."""
        return OSError(code, f"code {code} of the simulated Windows")

    def _file_name(name):
        return f"lib{name}.dylib" if sys.platform == "darwin" else f"lib{name}.so"

    def _said():
        return os.environ.get("NETIOSIM_LIBRARY")

    def _candidates(name):
        file = _file_name(name)
        said = _said()
        if said:
            if os.path.isdir(said):
                yield os.path.join(said, file)
            elif os.path.basename(said) == file:
                yield said
            else:
                yield os.path.join(os.path.dirname(said), file)
            return
        for variable in ("LD_PRELOAD", "DYLD_INSERT_LIBRARIES"):
            for path in os.environ.get(variable, "").replace(":", " ").split():
                if os.path.basename(path) == file:
                    yield path
        yield file

    def _load(name):
        tried = []
        for path in _candidates(name):
            try:
                return ctypes.CDLL(path)
            except OSError as error:
                tried.append(str(error))
        if _said():
            raise LibraryMissing(
                f"NETIOSIM_LIBRARY is {_said()}, where no {_file_name(name)} is that can be loaded; let it name that "
                f"file or its folder; `cargo build --release -p netiosim-{name}` in a checkout builds it "
                f"(tried: {'; '.join(tried)})"
            )
        raise LibraryMissing(
            f"{_file_name(name)} is not found; run the program with `netiosim exec`, or build the shared object with "
            f"`cargo build --release -p netiosim-{name}` in a checkout and say in NETIOSIM_LIBRARY where it is (tried: {'; '.join(tried)})"
        )

    class _WinDLL:
        """As ``ctypes.windll``: an attribute is a library, loaded when it is first used."""

        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(name)
            if name.lower().removesuffix(".dll") != "iphlpapi":
                raise LibraryMissing(f"{name} is not simulated: there is iphlpapi alone")
            library = _load("iphlpapi")
            setattr(self, name, library)
            return library

        def __getitem__(self, name):
            return getattr(self, name.removesuffix(".dll"))

        LoadLibrary = __getitem__

    windll = _WinDLL()

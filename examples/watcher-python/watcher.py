"""watcher.py [SECONDS]: tells every change of the Teredo port and of the IP interfaces for so long (1).

It is written as for Windows; only its first import differs from ctypes' own names.
"""

import ctypes
import queue
import sys
import time

from netiosim_windll import (
    AF_INET, AF_INET6, AF_UNSPEC, BOOLEAN, HANDLE, NETIO_STATUS, ULONG, ULONGLONG, USHORT, WCHAR, WINFUNCTYPE, WinError,
    from_wide, windll,
)

KINDS = {0: "changed", 1: "added", 2: "deleted", 3: "first"}
FAMILIES = {AF_INET: "IPv4", AF_INET6: "IPv6"}


class MIB_IPINTERFACE_ROW(ctypes.Structure):
    """The part of the row that a notification promises, and as many bytes as the whole has."""

    _fields_ = [
        ("Family", USHORT), ("InterfaceLuid", ULONGLONG), ("InterfaceIndex", ULONG), ("rest", ctypes.c_ubyte * 148),
    ]


assert ctypes.sizeof(MIB_IPINTERFACE_ROW) == 168

PORT_CALLBACK = WINFUNCTYPE(None, ctypes.c_void_p, USHORT, ctypes.c_int)
INTERFACE_CALLBACK = WINFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(MIB_IPINTERFACE_ROW), ctypes.c_int)


def declare(library):
    """Says which types the functions have."""
    out = ctypes.POINTER(HANDLE)
    declarations = {
        "GetTeredoPort": [ctypes.POINTER(USHORT)],
        "NotifyTeredoPortChange": [PORT_CALLBACK, ctypes.c_void_p, BOOLEAN, out],
        "NotifyIpInterfaceChange": [USHORT, INTERFACE_CALLBACK, ctypes.c_void_p, BOOLEAN, out],
        "CancelMibChangeNotify2": [HANDLE],
        "ConvertInterfaceLuidToAlias": [ctypes.POINTER(ULONGLONG), ctypes.POINTER(WCHAR), ctypes.c_size_t],
    }
    for name, parameters in declarations.items():
        function = getattr(library, name)
        function.argtypes = parameters
        function.restype = NETIO_STATUS
    return library


class Watcher:
    """Hears of changes until it is closed. What the callbacks hear goes through a queue to whoever asks."""

    def __init__(self):
        self.library = declare(windll.iphlpapi)
        self.heard = queue.SimpleQueue()
        # They have to live as long as the registrations.
        self.callbacks = (PORT_CALLBACK(self.on_port), INTERFACE_CALLBACK(self.on_interface))
        self.handles = []
        on_port, on_interface = self.callbacks
        self.register("NotifyTeredoPortChange", on_port, None, True)
        self.register("NotifyIpInterfaceChange", AF_UNSPEC, on_interface, None, False)

    def register(self, function, *arguments):
        handle = HANDLE()
        code = getattr(self.library, function)(*arguments, ctypes.byref(handle))
        if code != 0:
            self.close()
            raise WinError(code)
        self.handles.append(handle)

    def on_port(self, context, port, kind):
        self.heard.put(f"Teredo port {port} {KINDS[kind]}")

    def on_interface(self, context, row, kind):
        if not row:
            return
        # Its keys alone, and now: the row is the system's when we have returned.
        family, luid = row.contents.Family, row.contents.InterfaceLuid
        self.heard.put(f"{FAMILIES[family]} of {self.alias(luid)} {KINDS[kind]}")

    def alias(self, luid):
        name = (WCHAR * 257)()
        code = self.library.ConvertInterfaceLuidToAlias(ctypes.byref(ULONGLONG(luid)), name, len(name))
        return from_wide(name) if code == 0 else f"interface {luid:#x}"

    def port(self):
        port = USHORT()
        return port.value if self.library.GetTeredoPort(ctypes.byref(port)) == 0 else None

    def close(self):
        while self.handles:
            code = self.library.CancelMibChangeNotify2(self.handles.pop())
            if code != 0:
                raise WinError(code)


def main(words):
    end = time.monotonic() + (float(words[0]) if words else 1.0)
    watcher = Watcher()
    print(f"Teredo port {watcher.port()}", flush=True)
    while (left := end - time.monotonic()) > 0:
        try:
            print(watcher.heard.get(timeout=left), flush=True)
        except queue.Empty:
            break
    watcher.close()
    print(f"Teredo port {watcher.port()} at the end", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

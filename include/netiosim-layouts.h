/* Checks that the Windows headers in use lay everything out as on 64-bit Windows. Older mingw-w64 headers get some
 * things wrong. `netiosim cflags --check` compiles this; a program may include it as well, after netioapi.h.
 */
#ifndef NETIOSIM_LAYOUTS_H
#define NETIOSIM_LAYOUTS_H

#include <stddef.h>

#ifdef __cplusplus
#define NETIOSIM_ASSERT(condition) static_assert(condition, #condition)
#else
#define NETIOSIM_ASSERT(condition) _Static_assert(condition, #condition)
#endif

NETIOSIM_ASSERT(sizeof(WCHAR) == 2);
NETIOSIM_ASSERT(sizeof(LONG) == 4);
NETIOSIM_ASSERT(sizeof(BOOLEAN) == 1);
NETIOSIM_ASSERT(sizeof(HANDLE) == 8);
NETIOSIM_ASSERT(sizeof(NET_LUID) == 8);
NETIOSIM_ASSERT(sizeof(SOCKADDR_INET) == 28);
NETIOSIM_ASSERT(sizeof(MIB_IPINTERFACE_ROW) == 168);
NETIOSIM_ASSERT(sizeof(MIB_IF_ROW2) == 1352);
NETIOSIM_ASSERT(sizeof(MIB_UNICASTIPADDRESS_ROW) == 80);
NETIOSIM_ASSERT(sizeof(MIB_ANYCASTIPADDRESS_ROW) == 48);
NETIOSIM_ASSERT(sizeof(MIB_MULTICASTIPADDRESS_ROW) == 48);
NETIOSIM_ASSERT(sizeof(MIB_IPFORWARD_ROW2) == 104);
NETIOSIM_ASSERT(sizeof(MIB_IPNET_ROW2) == 88);
NETIOSIM_ASSERT(sizeof(MIB_IFSTACK_ROW) == 8);
NETIOSIM_ASSERT(sizeof(MIB_INVERTEDIFSTACK_ROW) == 8);

NETIOSIM_ASSERT(offsetof(MIB_IPINTERFACE_ROW, InterfaceLuid) == 8);
NETIOSIM_ASSERT(offsetof(MIB_IPINTERFACE_ROW, ZoneIndices) == 80);
NETIOSIM_ASSERT(offsetof(MIB_IPINTERFACE_ROW, DisableDefaultRoutes) == 166);
NETIOSIM_ASSERT(offsetof(MIB_IF_ROW2, Alias) == 28);
NETIOSIM_ASSERT(offsetof(MIB_UNICASTIPADDRESS_ROW, CreationTimeStamp) == 72);
NETIOSIM_ASSERT(offsetof(MIB_IPFORWARD_ROW2, NextHop) == 44);
NETIOSIM_ASSERT(offsetof(MIB_IPINTERFACE_TABLE, Table) == 8);
NETIOSIM_ASSERT(offsetof(MIB_UNICASTIPADDRESS_TABLE, Table) == 8);
NETIOSIM_ASSERT(offsetof(MIB_IF_TABLE2, Table) == 8);
NETIOSIM_ASSERT(offsetof(MIB_IPFORWARD_TABLE2, Table) == 8);

#undef NETIOSIM_ASSERT
#endif

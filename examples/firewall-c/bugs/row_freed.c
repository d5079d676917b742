/* The third classic: a row that a callback was lent is freed as if it were a table. On Windows: a corrupted heap. */
#include "../firewall.h"

static VOID NETIOAPI_API_ OnInterface(
    PVOID context, PMIB_IPINTERFACE_ROW row, MIB_NOTIFICATION_TYPE type)
{
    (void)context;
    (void)type;
    FreeMibTable(row); /* wrong: it is the system's */
}

DWORD FirewallStart(FIREWALL *firewall)
{
    InitializeSRWLock(&firewall->Lock);
    return NotifyIpInterfaceChange(
        AF_UNSPEC, OnInterface, firewall, FALSE, &firewall->InterfaceChanges);
}

DWORD FirewallStop(FIREWALL *firewall)
{
    return CancelMibChangeNotify2(firewall->InterfaceChanges);
}

/* The third classic's twin: the pointer to a row is kept and read after the callback has returned. On Windows: whatever
 * lies there by then. NETIOSIM_STRICT=1 finds the read. */
#include "../firewall.h"

static const MIB_IPINTERFACE_ROW *last;

static VOID NETIOAPI_API_ OnInterface(
    PVOID context, PMIB_IPINTERFACE_ROW row, MIB_NOTIFICATION_TYPE type)
{
    (void)context;
    (void)type;
    last = row; /* wrong: copy what is needed */
}

DWORD FirewallStart(FIREWALL *firewall)
{
    InitializeSRWLock(&firewall->Lock);
    return NotifyIpInterfaceChange(
        AF_UNSPEC, OnInterface, firewall, FALSE, &firewall->InterfaceChanges);
}

DWORD FirewallStop(FIREWALL *firewall)
{
    if (last != NULL) {
        firewall->Interfaces[0].Luid = last->InterfaceLuid;
    }
    return CancelMibChangeNotify2(firewall->InterfaceChanges);
}

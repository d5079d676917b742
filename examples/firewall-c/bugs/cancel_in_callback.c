/* The second classic: a callback cancels its own registration, and the cancel waits for the callback. On Windows: the
 * thread never comes back. */
#include "../firewall.h"

static VOID NETIOAPI_API_ OnPort(PVOID context, USHORT port, MIB_NOTIFICATION_TYPE type)
{
    FIREWALL *firewall = context;

    (void)type;
    firewall->Exception = port;
    CancelMibChangeNotify2(firewall->PortChanges); /* wrong: let another thread do it */
}

DWORD FirewallStart(FIREWALL *firewall)
{
    InitializeSRWLock(&firewall->Lock);
    return NotifyTeredoPortChange(OnPort, firewall, FALSE, &firewall->PortChanges);
}

DWORD FirewallStop(FIREWALL *firewall)
{
    (void)firewall;
    return NO_ERROR;
}

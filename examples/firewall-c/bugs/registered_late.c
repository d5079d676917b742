/* The fourth classic: the port is read first and changes are asked for afterwards. A change in between is missed, and
 * the exception stays where nobody is. On Windows: Teredo does not work until something else changes. */
#include "../firewall.h"

static VOID NETIOAPI_API_ OnPort(PVOID context, USHORT port, MIB_NOTIFICATION_TYPE type)
{
    FIREWALL *firewall = context;

    (void)type;
    AcquireSRWLockExclusive(&firewall->Lock);
    firewall->Exception = port;
    ReleaseSRWLockExclusive(&firewall->Lock);
}

DWORD FirewallStart(FIREWALL *firewall)
{
    InitializeSRWLock(&firewall->Lock);
    GetTeredoPort(&firewall->Exception); /* wrong: first be told of changes, then look */
    LoadRules();
    return NotifyTeredoPortChange(OnPort, firewall, FALSE, &firewall->PortChanges);
}

DWORD FirewallStop(FIREWALL *firewall)
{
    return CancelMibChangeNotify2(firewall->PortChanges);
}

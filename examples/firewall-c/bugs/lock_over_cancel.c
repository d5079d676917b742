/* The first classic: a lock is held over the cancel, and the callback wants it. The cancel waits for the callback, the
 * callback for the lock, the lock for the cancel. On Windows: a hang at shutdown, once a month. */
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
    return NotifyTeredoPortChange(OnPort, firewall, FALSE, &firewall->PortChanges);
}

DWORD FirewallStop(FIREWALL *firewall)
{
    DWORD code;

    AcquireSRWLockExclusive(&firewall->Lock);
    firewall->Exception = 0;
    SaveRules();
    code = CancelMibChangeNotify2(firewall->PortChanges); /* wrong: first release the lock */
    ReleaseSRWLockExclusive(&firewall->Lock);
    return code;
}

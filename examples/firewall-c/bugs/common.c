/* What all firewalls with a bug have in common. */
#include "../firewall.h"

USHORT FirewallException(FIREWALL *firewall)
{
    USHORT port;

    AcquireSRWLockExclusive(&firewall->Lock);
    port = firewall->Exception;
    ReleaseSRWLockExclusive(&firewall->Lock);
    return port;
}

/* The firewall as it should be. */
#include "firewall.h"

/* Lets the exception be where the Teredo client is now. The lock is held over the read as well, so that of two threads
 * the one that reads later writes later. Asking under a lock is fine: no query waits for a callback. */
static void FollowPort(FIREWALL *firewall)
{
    USHORT port = 0;

    AcquireSRWLockExclusive(&firewall->Lock);
    if (GetTeredoPort(&port) != NO_ERROR) {
        port = 0; /* there is no client now */
    }
    firewall->Exception = port;
    ReleaseSRWLockExclusive(&firewall->Lock);
}

static VOID NETIOAPI_API_ OnPort(PVOID context, USHORT port, MIB_NOTIFICATION_TYPE type)
{
    (void)port;
    (void)type;
    FollowPort(context);
}

/* The entry of a row in the list; NULL if there is none and there shall be none. */
static FIREWALL_INTERFACE *Find(FIREWALL *firewall, const MIB_IPINTERFACE_ROW *row, BOOL add)
{
    FIREWALL_INTERFACE *entry;
    ULONG i;

    for (i = 0; i < firewall->InterfaceCount; i++) {
        entry = &firewall->Interfaces[i];
        if (entry->Family == row->Family && entry->Luid.Value == row->InterfaceLuid.Value) {
            return entry;
        }
    }
    if (!add || firewall->InterfaceCount == FIREWALL_MOST_INTERFACES) {
        return NULL;
    }
    entry = &firewall->Interfaces[firewall->InterfaceCount++];
    entry->Family = row->Family;
    entry->Luid = row->InterfaceLuid;
    return entry;
}

/* Asks what an interface is like now, and notes it. */
static void Look(FIREWALL *firewall, ADDRESS_FAMILY family, NET_LUID luid)
{
    MIB_IPINTERFACE_ROW now;
    FIREWALL_INTERFACE *entry;
    DWORD code;

    InitializeIpInterfaceEntry(&now);
    now.Family = family;
    now.InterfaceLuid = luid;
    AcquireSRWLockExclusive(&firewall->Lock);
    code = GetIpInterfaceEntry(&now);
    /* It may be gone again: then its turn to be told of that comes. */
    now.Family = family;
    now.InterfaceLuid = luid;
    entry = Find(firewall, &now, code == NO_ERROR);
    if (entry != NULL && code == NO_ERROR) {
        entry->Mtu = now.NlMtu;
    } else if (entry != NULL) {
        *entry = firewall->Interfaces[--firewall->InterfaceCount];
    }
    ReleaseSRWLockExclusive(&firewall->Lock);
}

static VOID NETIOAPI_API_ OnInterface(
    PVOID context, PMIB_IPINTERFACE_ROW row, MIB_NOTIFICATION_TYPE type)
{
    (void)type;
    if (row != NULL) {
        /* The keys alone are promised, and only until we return. */
        Look(context, row->Family, row->InterfaceLuid);
    }
    /* No page says that port callbacks are told when the client stops; but its interface goes down then. */
    FollowPort(context);
}

/* The interfaces of a family that are there already. Of GetIpInterfaceTable it is not sure that it takes AF_UNSPEC. */
static DWORD LookAtAll(FIREWALL *firewall, ADDRESS_FAMILY family)
{
    PMIB_IPINTERFACE_TABLE table = NULL;
    DWORD code = GetIpInterfaceTable(family, &table);
    ULONG i;

    if (code == ERROR_NOT_SUPPORTED) {
        return NO_ERROR; /* this machine does not have the family */
    }
    if (code != NO_ERROR) {
        return code;
    }
    for (i = 0; i < table->NumEntries; i++) {
        Look(firewall, table->Table[i].Family, table->Table[i].InterfaceLuid);
    }
    FreeMibTable(table);
    return NO_ERROR;
}

DWORD FirewallStart(FIREWALL *firewall)
{
    DWORD code;

    InitializeSRWLock(&firewall->Lock);
    firewall->Exception = 0;
    firewall->InterfaceCount = 0;
    firewall->PortChanges = NULL;
    firewall->InterfaceChanges = NULL;

    /* First be told of changes, then look: what happens in between is told. */
    code = NotifyTeredoPortChange(OnPort, firewall, FALSE, &firewall->PortChanges);
    if (code != NO_ERROR) {
        return code;
    }
    code = NotifyIpInterfaceChange(
        AF_UNSPEC, OnInterface, firewall, FALSE, &firewall->InterfaceChanges);
    if (code != NO_ERROR) {
        CancelMibChangeNotify2(firewall->PortChanges);
        return code;
    }
    LoadRules();
    FollowPort(firewall);
    code = LookAtAll(firewall, AF_INET);
    if (code == NO_ERROR) {
        code = LookAtAll(firewall, AF_INET6);
    }
    if (code != NO_ERROR) {
        FirewallStop(firewall);
    }
    return code;
}

DWORD FirewallStop(FIREWALL *firewall)
{
    DWORD ports, interfaces;

    AcquireSRWLockExclusive(&firewall->Lock);
    firewall->Exception = 0;
    SaveRules();
    ReleaseSRWLockExclusive(&firewall->Lock);

    /* A cancel waits for the callback that runs, which may wait for our lock: we must not hold it here. */
    ports = CancelMibChangeNotify2(firewall->PortChanges);
    interfaces = CancelMibChangeNotify2(firewall->InterfaceChanges);
    return ports != NO_ERROR ? ports : interfaces;
}

USHORT FirewallException(FIREWALL *firewall)
{
    USHORT port;

    AcquireSRWLockExclusive(&firewall->Lock);
    port = firewall->Exception;
    ReleaseSRWLockExclusive(&firewall->Lock);
    return port;
}

/* A client of every kind of registration and table, for memory checkers. Without an argument it makes no mistake. With one it
 * makes one, which strict mode finds: "member" reads what a row does not promise, "row" a row whose callback has
 * returned, "table" a table that was freed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winsock2.h>
#include <ws2ipdef.h>
#include <iphlpapi.h>
#include <netioapi.h>

static volatile LONG rows, addresses, routes, tables, ports;
static const MIB_IPINTERFACE_ROW *volatile kept;
static const char *mistake = "";

static void need(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "client: %s\n", what);
        exit(3);
    }
}

static VOID WINAPI on_row(PVOID context, PMIB_IPINTERFACE_ROW row, MIB_NOTIFICATION_TYPE kind)
{
    MIB_IPINTERFACE_ROW own, copy;

    (void)context;
    (void)kind;
    if (row == NULL) {
        return;
    }
    memset(&own, 0, sizeof own);
    own.Family = row->Family;
    own.InterfaceLuid = row->InterfaceLuid;
    own.InterfaceIndex = row->InterfaceIndex;
    need(GetIpInterfaceEntry(&own) == NO_ERROR, "the row leads to no entry");
    /* Where a fault cannot be followed by a single step, only the first of several reads is told: so one or the other. */
    if (strcmp(mistake, "member") == 0) {
        if (row->NlMtu == 1) {
            puts("this cannot be");
        }
    } else {
        copy = *row; /* the whole of it: legal, if only its keys are used */
        need(copy.InterfaceIndex == own.InterfaceIndex, "the copy has other keys");
    }
    kept = row;
    __sync_fetch_and_add(&rows, 1);
}

static VOID WINAPI on_address(PVOID context, PMIB_UNICASTIPADDRESS_ROW row, MIB_NOTIFICATION_TYPE kind)
{
    (void)context;
    (void)kind;
    if (row != NULL && row->Address.si_family == AF_INET && row->InterfaceIndex != 0) {
        __sync_fetch_and_add(&addresses, 1);
    }
}

static VOID WINAPI on_route(PVOID context, PMIB_IPFORWARD_ROW2 row, MIB_NOTIFICATION_TYPE kind)
{
    (void)context;
    (void)kind;
    if (row != NULL && row->InterfaceIndex != 0) {
        __sync_fetch_and_add(&routes, 1);
    }
}

static VOID WINAPI on_table(PVOID context, PMIB_UNICASTIPADDRESS_TABLE table)
{
    (void)context;
    __sync_fetch_and_add(&tables, (LONG)table->NumEntries);
    FreeMibTable(table);
}

static VOID WINAPI on_port(PVOID context, USHORT port, MIB_NOTIFICATION_TYPE kind)
{
    (void)context;
    (void)port;
    (void)kind;
    __sync_fetch_and_add(&ports, 1);
}

/* Every table once, each row of it looked at. */
static void list(void)
{
    PMIB_UNICASTIPADDRESS_TABLE unicast;
    PMIB_IPFORWARD_TABLE2 forward;
    PMIB_IPINTERFACE_TABLE entries;
    PMIB_IF_TABLE2 adapters;
    ULONG64 sum = 0;
    ULONG n;

    need(GetUnicastIpAddressTable(AF_UNSPEC, &unicast) == NO_ERROR, "no addresses");
    for (n = 0; n < unicast->NumEntries; n++) {
        sum += unicast->Table[n].OnLinkPrefixLength;
    }
    FreeMibTable(unicast);
    need(GetIpForwardTable2(AF_UNSPEC, &forward) == NO_ERROR, "no routes");
    for (n = 0; n < forward->NumEntries; n++) {
        sum += forward->Table[n].Metric;
    }
    FreeMibTable(forward);
    need(GetIpInterfaceTable(AF_UNSPEC, &entries) == NO_ERROR, "no interfaces");
    for (n = 0; n < entries->NumEntries; n++) {
        sum += entries->Table[n].NlMtu;
    }
    FreeMibTable(entries);
    need(GetIfTable2(&adapters) == NO_ERROR, "no adapters");
    for (n = 0; n < adapters->NumEntries; n++) {
        sum += adapters->Table[n].Mtu;
    }
    FreeMibTable(adapters);
    need(sum > 0, "the tables are empty");
    if (strcmp(mistake, "table") == 0 && unicast->NumEntries > 0) {
        puts("this cannot be");
    }
}

/* A change of every kind that a client can make: each is notified of. */
static void change(const MIB_UNICASTIPADDRESS_ROW *ours, ULONG mtu)
{
    MIB_IPINTERFACE_ROW entry;
    MIB_UNICASTIPADDRESS_ROW address;

    InitializeIpInterfaceEntry(&entry);
    entry.Family = AF_INET;
    entry.InterfaceIndex = ours->InterfaceIndex;
    need(GetIpInterfaceEntry(&entry) == NO_ERROR, "the interface is not there");
    entry.NlMtu = mtu;
    entry.SitePrefixLength = 0;
    need(SetIpInterfaceEntry(&entry) == NO_ERROR, "the MTU cannot be set");
    InitializeUnicastIpAddressEntry(&address);
    address.InterfaceIndex = ours->InterfaceIndex;
    address.Address.Ipv4.sin_family = AF_INET;
    address.Address.Ipv4.sin_addr.S_un.S_addr = htonl(0x0A090800 + (mtu & 0xFF));
    need(CreateUnicastIpAddressEntry(&address) == NO_ERROR, "the address cannot be added");
    need(DeleteUnicastIpAddressEntry(&address) == NO_ERROR, "the address cannot be removed");
}

int main(int count, char **words)
{
    HANDLE handles[5] = {NULL};
    PMIB_UNICASTIPADDRESS_TABLE stable = NULL, all;
    MIB_UNICASTIPADDRESS_ROW ours;
    DWORD code;
    ULONG n;
    USHORT port;

    if (count > 1) {
        mistake = words[1];
    }
    need(NotifyTeredoPortChange(on_port, NULL, TRUE, &handles[0]) == NO_ERROR, "no port notifications");
    need(NotifyIpInterfaceChange(AF_UNSPEC, on_row, NULL, TRUE, &handles[1]) == NO_ERROR, "no interface notifications");
    need(NotifyUnicastIpAddressChange(AF_UNSPEC, on_address, NULL, FALSE, &handles[2]) == NO_ERROR, "no address notifications");
    need(NotifyRouteChange2(AF_UNSPEC, on_route, NULL, FALSE, &handles[3]) == NO_ERROR, "no route notifications");
    code = NotifyStableUnicastIpAddressTable(AF_UNSPEC, &stable, on_table, NULL, &handles[4]);
    need(code == NO_ERROR || code == ERROR_IO_PENDING, "no stable table");
    if (stable != NULL) {
        FreeMibTable(stable);
    }

    need(GetUnicastIpAddressTable(AF_INET, &all) == NO_ERROR, "no addresses");
    memset(&ours, 0, sizeof ours);
    for (n = 0; n < all->NumEntries; n++) {
        if ((ntohl(all->Table[n].Address.Ipv4.sin_addr.S_un.S_addr) >> 24) != 127) {
            ours = all->Table[n];
        }
    }
    FreeMibTable(all);
    need(ours.InterfaceIndex != 0, "no interface with an address");
    for (n = 0; n < 20; n++) {
        change(&ours, 1300 + n);
        list();
    }
    /* Every call lets the callbacks go on. */
    for (n = 0; n < 100000 && (rows < 20 || addresses < 20); n++) {
        GetTeredoPort(&port);
    }
    need(rows >= 20 && addresses >= 20, "notifications are missing");
    for (n = 0; n < 5; n++) {
        if (handles[n] != NULL) {
            need(CancelMibChangeNotify2(handles[n]) == NO_ERROR, "a cancel fails");
        }
    }
    if (strcmp(mistake, "row") == 0 && kept->InterfaceIndex == 1) {
        puts("this cannot be");
    }
    printf("%ld interface rows, %ld addresses\n", (long)rows, (long)addresses);
    return 0;
}

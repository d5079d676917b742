/*
 * A Windows program in C, on the system's headers and import library and nothing else. Its imports are resolved by the
 * loader: to the simulator's DLL if that lies beside it as iphlpapi.dll, else to the system's.
 *
 *   client.exe               every check; the last line tells how many there were
 *   client.exe self-cancel   cancels a registration in its own callback, which is forbidden (N001)
 *   client.exe system        what the system itself answers, for NETIOSIM_FORWARD=1
 *
 * The stack is driven through the netiosim_* functions of the DLL, which are looked up by name: a program that is not
 * under test has no use for them.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <iphlpapi.h>
#include <netioapi.h>
#include <icmpapi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks;


#define CHECK(condition) check((condition), #condition, __LINE__)
static void check(int good, const char *text, int line)
{
    checks++;
    if (!good) {
        printf("FAILED line %d: %s\n", line, text);
        fflush(stdout);
        ExitProcess(3);
    }
}

/* Driving the stack; see include/netiosim.h. Each returns 0 if it is done. */

static HMODULE simulator;
static void *stack;
static int (*restart_teredo)(void *stack, uint16_t port);
static int (*add_address)(void *stack, const char *alias, const char *address);
static int (*remove_address)(void *stack, const char *alias, const char *address);
static int (*set_mtu)(void *stack, const char *alias, uint32_t ip_version, uint32_t mtu);
static int (*run_until_idle)(void *stack, size_t *deliveries);
static int (*advance_ms)(void *stack, uint64_t ms, size_t *deliveries);

static FARPROC drive(const char *name)
{
    FARPROC found = GetProcAddress(simulator, name);
    if (found == NULL) {
        printf("iphlpapi.dll has no %s: it is not the simulator's\n", name);
        ExitProcess(2);
    }
    return found;
}

static void find_simulator(void)
{
    void *(*default_stack)(void);

    simulator = GetModuleHandleA("iphlpapi.dll");
    default_stack = (void *)drive("netiosim_default_stack");
    restart_teredo = (void *)drive("netiosim_restart_teredo");
    add_address = (void *)drive("netiosim_add_address");
    remove_address = (void *)drive("netiosim_remove_address");
    set_mtu = (void *)drive("netiosim_set_mtu");
    run_until_idle = (void *)drive("netiosim_run_until_idle");
    advance_ms = (void *)drive("netiosim_advance_ms");
    stack = default_stack();
    CHECK(stack != NULL);
}

/* What a callback was told last, and how often. Callbacks come on other threads. */

struct seen {
    volatile LONG count;
    volatile LONG type;
    volatile LONG port;
    NET_LUID luid;
    SOCKADDR_INET address;
};

static VOID WINAPI on_port(PVOID context, USHORT port, MIB_NOTIFICATION_TYPE type)
{
    struct seen *seen = context;
    seen->port = port;
    seen->type = type;
    InterlockedIncrement(&seen->count);
}

static VOID WINAPI on_interface(PVOID context, PMIB_IPINTERFACE_ROW row, MIB_NOTIFICATION_TYPE type)
{
    struct seen *seen = context;
    if (row != NULL) {
        seen->luid = row->InterfaceLuid;
    }
    seen->type = type;
    InterlockedIncrement(&seen->count);
}

static VOID WINAPI on_address(PVOID context, PMIB_UNICASTIPADDRESS_ROW row, MIB_NOTIFICATION_TYPE type)
{
    struct seen *seen = context;
    if (row != NULL) {
        seen->luid = row->InterfaceLuid;
        seen->address = row->Address;
    }
    seen->type = type;
    InterlockedIncrement(&seen->count);
}

/* The parts. */

static void teredo(void)
{
    USHORT port = 0, again = 0;
    struct seen seen = {0};
    HANDLE handle = NULL;
    LONG before;

    CHECK(GetTeredoPort(NULL) == ERROR_INVALID_PARAMETER);
    CHECK(GetTeredoPort(&port) == NO_ERROR);
    CHECK(port != 0);

    CHECK(NotifyTeredoPortChange(on_port, &seen, TRUE, &handle) == NO_ERROR);
    CHECK(handle != NULL);
    CHECK(run_until_idle(stack, NULL) == 0);
    CHECK(seen.count == 1);
    CHECK(seen.type == MibInitialNotification);

    CHECK(restart_teredo(stack, 50123) == 0);
    CHECK(run_until_idle(stack, NULL) == 0);
    CHECK(seen.count > 1);
    CHECK(seen.type == MibParameterNotification);
    CHECK(seen.port == 50123);
    CHECK(GetTeredoPort(&again) == NO_ERROR);
    CHECK(again == 50123);
    CHECK(again != port);

    CHECK(CancelMibChangeNotify2(handle) == NO_ERROR);
    before = seen.count;
    CHECK(restart_teredo(stack, 50124) == 0);
    CHECK(run_until_idle(stack, NULL) == 0);
    CHECK(seen.count == before);
}

static void interfaces(void)
{
    struct seen seen = {0};
    HANDLE handle = NULL;
    NET_LUID ethernet;
    WCHAR alias[IF_MAX_STRING_SIZE + 1];
    MIB_IPINTERFACE_ROW row;
    LONG before;

    CHECK(ConvertInterfaceAliasToLuid(L"Ethernet", &ethernet) == NO_ERROR);
    CHECK(ConvertInterfaceLuidToAlias(&ethernet, alias, IF_MAX_STRING_SIZE + 1) == NO_ERROR);
    CHECK(wcscmp(alias, L"Ethernet") == 0);

    CHECK(NotifyIpInterfaceChange(AF_UNSPEC, on_interface, &seen, TRUE, &handle) == NO_ERROR);
    CHECK(run_until_idle(stack, NULL) == 0);
    CHECK(seen.count > 0);
    CHECK(seen.type == MibInitialNotification);

    before = seen.count;
    CHECK(set_mtu(stack, "Ethernet", 4, 1400) == 0);
    CHECK(run_until_idle(stack, NULL) == 0);
    CHECK(seen.count > before);
    CHECK(seen.type == MibParameterNotification);
    CHECK(seen.luid.Value == ethernet.Value);

    InitializeIpInterfaceEntry(&row);
    row.Family = AF_INET;
    row.InterfaceLuid = ethernet;
    CHECK(GetIpInterfaceEntry(&row) == NO_ERROR);
    CHECK(row.NlMtu == 1400);
    CHECK(CancelMibChangeNotify2(handle) == NO_ERROR);
}

static int is_address(const SOCKADDR *address, const char *text)
{
    char buffer[INET6_ADDRSTRLEN] = "";
    if (address->sa_family != AF_INET) {
        return 0;
    }
    snprintf(buffer, sizeof buffer, "%u.%u.%u.%u",
             ((const struct sockaddr_in *)address)->sin_addr.S_un.S_un_b.s_b1,
             ((const struct sockaddr_in *)address)->sin_addr.S_un.S_un_b.s_b2,
             ((const struct sockaddr_in *)address)->sin_addr.S_un.S_un_b.s_b3,
             ((const struct sockaddr_in *)address)->sin_addr.S_un.S_un_b.s_b4);
    return strcmp(buffer, text) == 0;
}

static int table_has(const char *text)
{
    PMIB_UNICASTIPADDRESS_TABLE table = NULL;
    ULONG i;
    int found = 0;

    CHECK(GetUnicastIpAddressTable(AF_UNSPEC, &table) == NO_ERROR);
    for (i = 0; i < table->NumEntries; i++) {
        found |= is_address((const SOCKADDR *)&table->Table[i].Address, text);
    }
    FreeMibTable(table);
    return found;
}

static int adapters_have(const char *text)
{
    ULONG size = 0;
    PIP_ADAPTER_ADDRESSES first, adapter;
    PIP_ADAPTER_UNICAST_ADDRESS address;
    int found = 0;

    CHECK(GetAdaptersAddresses(AF_UNSPEC, GAA_FLAG_INCLUDE_PREFIX, NULL, NULL, &size) == ERROR_BUFFER_OVERFLOW);
    CHECK(size > sizeof(IP_ADAPTER_ADDRESSES));
    first = malloc(size);
    CHECK(first != NULL);
    CHECK(GetAdaptersAddresses(AF_UNSPEC, GAA_FLAG_INCLUDE_PREFIX, NULL, first, &size) == NO_ERROR);
    for (adapter = first; adapter != NULL; adapter = adapter->Next) {
        CHECK(adapter->FriendlyName != NULL && adapter->AdapterName != NULL);
        for (address = adapter->FirstUnicastAddress; address != NULL; address = address->Next) {
            found |= is_address(address->Address.lpSockaddr, text);
        }
    }
    free(first);
    return found;
}

static void addresses(void)
{
    struct seen seen = {0};
    HANDLE handle = NULL;
    MIB_UNICASTIPADDRESS_ROW row;
    PMIB_IF_TABLE2 interfaces = NULL;
    LONG before;
    ULONG i;
    int ethernet = 0;

    CHECK(table_has("192.168.1.10"));
    CHECK(adapters_have("192.168.1.10"));
    CHECK(!table_has("192.168.1.77"));
    CHECK(!adapters_have("192.168.1.77"));

    CHECK(NotifyUnicastIpAddressChange(AF_INET, on_address, &seen, FALSE, &handle) == NO_ERROR);
    CHECK(add_address(stack, "Ethernet", "192.168.1.77/24") == 0);
    CHECK(run_until_idle(stack, NULL) == 0);
    CHECK(seen.count > 0);
    CHECK(is_address((const SOCKADDR *)&seen.address, "192.168.1.77"));

    CHECK(advance_ms(stack, 5000, NULL) == 0);
    CHECK(run_until_idle(stack, NULL) == 0);
    /* Only the keys of the row that a callback gets are good; what else is wanted is asked for. */
    InitializeUnicastIpAddressEntry(&row);
    row.InterfaceLuid = seen.luid;
    row.Address = seen.address;
    CHECK(GetUnicastIpAddressEntry(&row) == NO_ERROR);
    CHECK(row.DadState == IpDadStatePreferred);
    CHECK(row.OnLinkPrefixLength == 24);
    CHECK(table_has("192.168.1.77"));
    CHECK(adapters_have("192.168.1.77"));

    before = seen.count;
    CHECK(remove_address(stack, "Ethernet", "192.168.1.77") == 0);
    CHECK(run_until_idle(stack, NULL) == 0);
    CHECK(seen.count > before);
    CHECK(seen.type == MibDeleteInstance);
    CHECK(!table_has("192.168.1.77"));
    CHECK(CancelMibChangeNotify2(handle) == NO_ERROR);

    CHECK(GetIfTable2(&interfaces) == NO_ERROR);
    for (i = 0; i < interfaces->NumEntries; i++) {
        ethernet |= wcscmp(interfaces->Table[i].Alias, L"Ethernet") == 0;
    }
    FreeMibTable(interfaces);
    CHECK(ethernet);
}

/* What the simulator does not play is answered by the system, arguments untouched. */
static void forwarded(void)
{
    static const char *const names[] = {"GetNetworkParams", "SendARP", "GetExtendedUdpTable", "ParseNetworkString"};
    char reply[sizeof(ICMP_ECHO_REPLY) + 64];
    PMIB_IPADDRTABLE table;
    ULONG size = 0, tcp_size = 0;
    HANDLE icmp;
    DWORD i;

    CHECK(GetIpAddrTable(NULL, &size, FALSE) == ERROR_INSUFFICIENT_BUFFER);
    table = malloc(size);
    CHECK(table != NULL);
    CHECK(GetIpAddrTable(table, &size, TRUE) == NO_ERROR);
    free(table);
    CHECK(GetTcpTable(NULL, &tcp_size, FALSE) == ERROR_INSUFFICIENT_BUFFER);
    CHECK(tcp_size >= sizeof(DWORD));
    icmp = IcmpCreateFile();
    if (icmp != INVALID_HANDLE_VALUE) {
        /* Eight arguments; whether somebody answers does not matter. */
        SetLastError(0);
        i = IcmpSendEcho(icmp, htonl(0x7f000001), "netiosim", 8, NULL, reply, sizeof reply, 10);
        CHECK(i <= 1);
        CHECK(IcmpCloseHandle(icmp));
    }
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        CHECK(GetProcAddress(simulator, names[i]) != NULL);
    }
}

/* The system may lack a function that the DLL has a name for. Wine does; the call then fails and does not crash. */
static void absent(void)
{
    DWORD(WINAPI * estimates)(NET_IFINDEX, ADDRESS_FAMILY, void *) =
        (void *)GetProcAddress(simulator, "GetIpNetworkConnectionBandwidthEstimates");
    char buffer[64] = {0};
    DWORD code;

    CHECK(estimates != NULL);
    code = estimates(0x7fffffff, AF_INET, buffer);
    CHECK(code != NO_ERROR);
    printf("an interface that does not exist: %lu\n", code);
}

static HANDLE own;

static VOID WINAPI on_port_cancel(PVOID context, USHORT port, MIB_NOTIFICATION_TYPE type)
{
    DWORD code;
    (void)context, (void)port, (void)type;
    code = CancelMibChangeNotify2(own);
    printf("self-cancel returned %lu\n", code);
    fflush(stdout);
}

static int self_cancel(void)
{
    CHECK(NotifyTeredoPortChange(on_port_cancel, NULL, FALSE, &own) == NO_ERROR);
    CHECK(restart_teredo(stack, 50125) == 0);
    /* The finding is told at the end of the program; its number is not looked at here. */
    run_until_idle(stack, NULL);
    CHECK(CancelMibChangeNotify2(own) == NO_ERROR);
    printf("ended\n");
    return 0;
}

static int system_only(void)
{
    USHORT port = 0;
    DWORD code = GetTeredoPort(&port);
    PMIB_IF_TABLE2 interfaces = NULL;
    ULONG i;

    printf("GetTeredoPort %lu\n", code);
    CHECK(GetIfTable2(&interfaces) == NO_ERROR);
    for (i = 0; i < interfaces->NumEntries; i++) {
        printf("interface %ls\n", interfaces->Table[i].Alias);
    }
    FreeMibTable(interfaces);
    return 0;
}

int main(int argc, char **argv)
{
    const char *part = argc > 1 ? argv[1] : "";
    setvbuf(stdout, NULL, _IONBF, 0);
    if (strcmp(part, "system") == 0) {
        return system_only();
    }
    find_simulator();
    if (strcmp(part, "self-cancel") == 0) {
        return self_cancel();
    }
    teredo();
    interfaces();
    addresses();
    forwarded();
    absent();
    printf("c-client: %d checks\n", checks);
    return 0;
}

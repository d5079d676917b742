/* firewall [RUN_MS [RULES_MS]]: runs the firewall for so long (1000 ms), and says how it stands at the end. Loading and
 * saving its rules takes a while each (300 ms). */
#include <stdio.h>
#include <stdlib.h>

#include "firewall.h"

static DWORD rules_ms = 300;

void LoadRules(void)
{
    Sleep(rules_ms);
}

void SaveRules(void)
{
    Sleep(rules_ms);
}

/* Where the Teredo client is; 0: nowhere. */
static USHORT Client(void)
{
    USHORT port = 0;

    return GetTeredoPort(&port) == NO_ERROR ? port : 0;
}

int main(int count, char **words)
{
    static FIREWALL firewall;
    DWORD run_ms = count > 1 ? (DWORD)strtoul(words[1], NULL, 10) : 1000;
    USHORT exception, client;
    ULONG interfaces;
    DWORD code;
    int looks = 0;

    if (count > 2) {
        rules_ms = (DWORD)strtoul(words[2], NULL, 10);
    }
    code = FirewallStart(&firewall);
    if (code != NO_ERROR) {
        fprintf(stderr, "the firewall does not start: %lu\n", (unsigned long)code);
        return 2;
    }
    Sleep(run_ms);
    /* A change may come between the two, so look more than once. Nothing open is safe. */
    do {
        client = Client();
        exception = FirewallException(&firewall);
    } while (exception != 0 && exception != client && ++looks < 10 && (Sleep(50), TRUE));
    interfaces = firewall.InterfaceCount;
    code = FirewallStop(&firewall);
    if (code != NO_ERROR) {
        fprintf(stderr, "the firewall does not stop: %lu\n", (unsigned long)code);
        return 2;
    }
    printf("UDP port %u is open, %lu interfaces\n", exception, (unsigned long)interfaces);
    if (exception != 0 && exception != client) {
        fprintf(stderr, "but the Teredo client is on port %u\n", client);
        return 3;
    }
    return 0;
}

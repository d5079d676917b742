/* firewall [MILLISECONDS]: runs the firewall for so long (1000), and says how it stands at the end. */
#include <stdio.h>
#include <stdlib.h>

#include "firewall.h"

void LoadRules(void)
{
    Sleep(100);
}

void SaveRules(void)
{
    Sleep(100);
}

int main(int count, char **words)
{
    static FIREWALL firewall;
    unsigned long run_ms = count > 1 ? strtoul(words[1], NULL, 10) : 1000;
    USHORT exception, client = 0;
    DWORD code;

    code = FirewallStart(&firewall);
    if (code != NO_ERROR) {
        fprintf(stderr, "the firewall does not start: %lu\n", (unsigned long)code);
        return 2;
    }
    Sleep(run_ms);
    exception = FirewallException(&firewall);
    if (GetTeredoPort(&client) != NO_ERROR) {
        client = 0;
    }
    code = FirewallStop(&firewall);
    if (code != NO_ERROR) {
        fprintf(stderr, "the firewall does not stop: %lu\n", (unsigned long)code);
        return 2;
    }
    printf("UDP port %u is open, %lu interfaces\n", exception, (unsigned long)firewall.InterfaceCount);
    if (exception != 0 && exception != client) {
        fprintf(stderr, "but the Teredo client is on port %u\n", client);
        return 3;
    }
    return 0;
}

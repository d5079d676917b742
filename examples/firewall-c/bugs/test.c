/* Lets every firewall with a bug live through the same. What goes wrong is told by the simulator; only of the fourth
 * it sees nothing, for no rule is broken there: the test has to look. */
#include <stdio.h>
#include <stdlib.h>

#include <netiosim.h>

#include "../firewall.h"

static netiosim_stack *stack;

static void Must(netiosim_status status)
{
    if (status != NETIOSIM_STATUS_OK) {
        fprintf(stderr, "%s\n", netiosim_last_error_text());
        exit(2);
    }
}

/* The Teredo client moves while the firewall starts ... */
void LoadRules(void)
{
    Must(netiosim_restart_teredo(stack, 50001));
    Must(netiosim_run_until_idle(stack, NULL));
}

/* ... and while it stops. */
void SaveRules(void)
{
    Must(netiosim_restart_teredo(stack, 50003));
    Must(netiosim_run_until_idle(stack, NULL));
}

int main(void)
{
    static FIREWALL firewall;
    USHORT exception, client = 0;

    Must(netiosim_create(NULL, &stack));
    Must(netiosim_bind(stack));
    if (FirewallStart(&firewall) != NO_ERROR) {
        return 2;
    }
    exception = FirewallException(&firewall);
    GetTeredoPort(&client);
    if (exception != 0 && exception != client) {
        fprintf(stderr, "UDP port %u is open, but the Teredo client is on port %u\n", exception, client);
    }
    Must(netiosim_restart_teredo(stack, 50002));
    Must(netiosim_set_mtu(stack, "Ethernet", 4, 1400));
    Must(netiosim_run_until_idle(stack, NULL));
    if (FirewallStop(&firewall) != NO_ERROR) {
        return 2;
    }
    return netiosim_destroy(stack) != NETIOSIM_STATUS_OK || (exception != 0 && exception != client) ? 3 : 0;
}

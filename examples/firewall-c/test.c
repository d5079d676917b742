/* A test of the firewall: it makes a machine, lets things happen to it, and looks. Time is virtual, and the order of
 * steps is the seed's (NETIOSIM_SEED), so that it goes the same way every time. */
#include <stdio.h>
#include <stdlib.h>

#include <netiosim.h>

#include "firewall.h"

static netiosim_stack *stack;

static void Must(netiosim_status status)
{
    if (status != NETIOSIM_STATUS_OK) {
        fprintf(stderr, "%s\n", netiosim_last_error_text());
        exit(2);
    }
}

static void Expect(const char *what, unsigned long seen, unsigned long wanted)
{
    if (seen != wanted) {
        fprintf(stderr, "%s: %lu, not %lu\n", what, seen, wanted);
        exit(3);
    }
}

/* The Teredo client moves while the firewall starts ... */
void LoadRules(void)
{
    Must(netiosim_restart_teredo(stack, 50001));
    Must(netiosim_run_until_idle(stack, NULL));
}

/* ... and once more while it stops. */
void SaveRules(void)
{
    Must(netiosim_restart_teredo(stack, 50005));
    Must(netiosim_run_until_idle(stack, NULL));
}

int main(void)
{
    static FIREWALL firewall;
    netiosim_options options = { .size = sizeof options, .leaks = "all" };
    ULONG before;

    Must(netiosim_create(&options, &stack));
    Must(netiosim_bind(stack));

    Expect("start", FirewallStart(&firewall), NO_ERROR);
    Expect("the open port at the beginning", FirewallException(&firewall), 50001);

    Must(netiosim_restart_teredo(stack, 50002));
    Must(netiosim_run_until_idle(stack, NULL));
    Expect("the open port after a restart", FirewallException(&firewall), 50002);

    before = firewall.InterfaceCount;
    Must(netiosim_add_interface(stack, "USB"));
    Must(netiosim_run_until_idle(stack, NULL));
    Expect("interfaces, of two families, with one more", firewall.InterfaceCount, before + 2);
    Must(netiosim_remove_interface(stack, "USB"));
    Must(netiosim_run_until_idle(stack, NULL));
    Expect("interfaces without it", firewall.InterfaceCount, before);

    Must(netiosim_stop_teredo(stack));
    Must(netiosim_run_until_idle(stack, NULL));
    Expect("the open port without a client", FirewallException(&firewall), 0);
    Must(netiosim_start_teredo(stack, 50004));
    Must(netiosim_qualify_teredo(stack)); /* an application wants it; it may ask its server first */
    Must(netiosim_advance_ms(stack, 60000, NULL));
    Expect("the open port with a client again", FirewallException(&firewall), 50004);

    Expect("stop", FirewallStop(&firewall), NO_ERROR);
    puts("the firewall follows the port");
    return netiosim_destroy(stack);
}

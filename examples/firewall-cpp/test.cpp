// A test of the firewall: it makes a machine, lets things happen to it, and looks.
#include "firewall.hpp"

#include <netiosim.h>

#include <cstdlib>
#include <iostream>

static netiosim_stack *stack;

static void must(netiosim_status status)
{
    if (status != NETIOSIM_STATUS_OK) {
        std::cerr << netiosim_last_error_text() << '\n';
        std::exit(2);
    }
}

static void expect(const char *what, unsigned long seen, unsigned long wanted)
{
    if (seen != wanted) {
        std::cerr << what << ": " << seen << ", not " << wanted << '\n';
        std::exit(3);
    }
}

int main()
{
    netiosim_options options = {};
    options.size = sizeof options;
    options.leaks = "all";
    must(netiosim_create(&options, &stack));
    must(netiosim_bind(stack));
    {
        Firewall firewall;
        must(netiosim_restart_teredo(stack, 50001));
        must(netiosim_run_until_idle(stack, nullptr));
        expect("the open port after a restart", firewall.exception(), 50001);

        const auto before = firewall.interface_count();
        must(netiosim_add_interface(stack, "USB"));
        must(netiosim_run_until_idle(stack, nullptr));
        expect("interfaces, of two families, with one more", firewall.interface_count(), before + 2);

        must(netiosim_stop_teredo(stack));
        must(netiosim_run_until_idle(stack, nullptr));
        expect("the open port without a client", firewall.exception(), 0);

        // A change that nobody has been told of yet, when the firewall ends.
        must(netiosim_start_teredo(stack, 50002));
    }
    std::cout << "the firewall follows the port\n";
    return netiosim_destroy(stack);
}

/* A test of the driver: it makes a machine, loads the driver, lets things happen, and unloads it. */
#include <stdio.h>
#include <stdlib.h>

#include <netiosim.h>

#include "driver.h"

static void Must(netiosim_status status)
{
    if (status != NETIOSIM_STATUS_OK) {
        fprintf(stderr, "%s\n", netiosim_last_error_text());
        exit(2);
    }
}

static void Expect(const char *what, long seen, long wanted)
{
    if (seen != wanted) {
        fprintf(stderr, "%s: %ld, not %ld\n", what, seen, wanted);
        exit(3);
    }
}

int main(void)
{
    static DRIVER driver;
    netiosim_options options = { .size = sizeof options, .leaks = "all" };
    netiosim_stack *stack;

    Must(netiosim_create(&options, &stack));
    Must(netiosim_bind(stack));
    Expect("a NULL pointer is", GetTeredoPort(NULL), (long)STATUS_INVALID_PARAMETER);

    Expect("start", DriverStart(&driver), STATUS_SUCCESS);
    Must(netiosim_restart_teredo(stack, 50001));
    Must(netiosim_run_until_idle(stack, NULL));
    Expect("the port after a restart", driver.Port, 50001);

    /* A change that the driver has not been told of yet, when it is unloaded. */
    Must(netiosim_restart_teredo(stack, 50002));
    Expect("stop", DriverStop(&driver), STATUS_SUCCESS);
    puts("the driver follows the port");
    return netiosim_destroy(stack);
}

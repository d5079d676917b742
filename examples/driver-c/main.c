/* driver [MILLISECONDS]: plays the system for the driver: loads it, lets it be for so long (1000), unloads it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "driver.h"

int main(int count, char **words)
{
    static DRIVER driver;
    unsigned long run_ms = count > 1 ? strtoul(words[1], NULL, 10) : 1000;
    USHORT client = 0;
    NTSTATUS status;

    status = DriverStart(&driver);
    if (!NT_SUCCESS(status)) {
        fprintf(stderr, "the driver does not start: 0x%08lx\n", (unsigned long)status);
        return 2;
    }
    usleep((useconds_t)run_ms * 1000);
    if (!NT_SUCCESS(GetTeredoPort(&client))) {
        client = 0;
    }
    printf("the driver filters UDP port %ld\n", (long)driver.Port);
    if (driver.Port != NOT_TOLD && driver.Port != client) {
        fprintf(stderr, "but the Teredo client is on port %u\n", client);
        return 3;
    }
    status = DriverStop(&driver);
    if (!NT_SUCCESS(status)) {
        fprintf(stderr, "the driver does not stop: 0x%08lx\n", (unsigned long)status);
        return 2;
    }
    return 0;
}

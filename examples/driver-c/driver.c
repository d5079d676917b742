/* The driver as it should be. */
#include "driver.h"

static VOID NETIOAPI_API_ OnPort(PVOID context, USHORT port, MIB_NOTIFICATION_TYPE type)
{
    DRIVER *driver = context;

    (void)type;
    InterlockedExchange(&driver->Port, port);
}

NTSTATUS DriverStart(DRIVER *driver)
{
    USHORT port = 0;
    NTSTATUS status;

    driver->Port = NOT_TOLD;
    driver->Changes = NULL;
    /* First be told of changes, then look: what happens in between is told. */
    status = NotifyTeredoPortChange(OnPort, driver, FALSE, &driver->Changes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (!NT_SUCCESS(GetTeredoPort(&port))) {
        port = 0; /* there is no client now */
    }
    /* What was told meanwhile is newer. */
    InterlockedCompareExchange(&driver->Port, port, NOT_TOLD);
    return status;
}

NTSTATUS DriverStop(DRIVER *driver)
{
    /* At PASSIVE_LEVEL: it waits for the callback that runs, and then the driver may go. */
    return CancelMibChangeNotify2(driver->Changes);
}

/* The driver with a bug: it cancels with a spin lock held, so at DISPATCH_LEVEL, where nobody may wait. On Windows: a
 * bug check, if a callback happens to run just then. */
#include "driver.h"

static KSPIN_LOCK lock;

static VOID NETIOAPI_API_ OnPort(PVOID context, USHORT port, MIB_NOTIFICATION_TYPE type)
{
    DRIVER *driver = context;

    (void)type;
    driver->Port = port;
}

NTSTATUS DriverStart(DRIVER *driver)
{
    driver->Port = NOT_TOLD;
    return NotifyTeredoPortChange(OnPort, driver, FALSE, &driver->Changes);
}

NTSTATUS DriverStop(DRIVER *driver)
{
    NTSTATUS status;
    KIRQL irql;

    KeAcquireSpinLock(&lock, &irql);
    driver->Port = 0;
    status = CancelMibChangeNotify2(driver->Changes); /* wrong: first release the lock */
    KeReleaseSpinLock(&lock, irql);
    return status;
}

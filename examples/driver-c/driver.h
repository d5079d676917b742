/* A driver module that keeps the Teredo client's UDP port for its filter. */
#ifndef DRIVER_H
#define DRIVER_H

#ifdef _KERNEL_MODE /* the Windows Driver Kit */
#include <ntddk.h>
#include <ws2def.h>
#include <ws2ipdef.h>
#include <netioapi.h>
#else /* natively; without iphlpapi.h the functions of netioapi.h return NTSTATUS */
#define WIN32_NO_STATUS
#include <winsock2.h>
#include <ws2ipdef.h>
#undef WIN32_NO_STATUS
#include <ntdef.h>
#include <ntstatus.h>
#include <netioapi.h>
#include "irql.h"
#endif

typedef struct DRIVER {
    volatile LONG Port; /* the port; 0: none; NOT_TOLD: not known yet */
    HANDLE Changes;
} DRIVER;

#define NOT_TOLD (-1)

/* What DriverEntry and the unload routine call, at PASSIVE_LEVEL. */
NTSTATUS DriverStart(DRIVER *driver);
NTSTATUS DriverStop(DRIVER *driver);

#endif

/* A firewall that keeps an exception for the Teredo client's UDP port, and a list of the IP interfaces. */
#ifndef FIREWALL_H
#define FIREWALL_H

#include <winsock2.h>
#include <ws2ipdef.h>
#include <iphlpapi.h>
#include <netioapi.h>

#define FIREWALL_MOST_INTERFACES 64

typedef struct FIREWALL_INTERFACE {
    ADDRESS_FAMILY Family;
    NET_LUID Luid;
    ULONG Mtu;
} FIREWALL_INTERFACE;

typedef struct FIREWALL {
    SRWLOCK Lock; /* guards all that follows, up to the handles */
    USHORT Exception; /* the UDP port that is open; 0: none */
    ULONG InterfaceCount;
    FIREWALL_INTERFACE Interfaces[FIREWALL_MOST_INTERFACES];
    HANDLE PortChanges;
    HANDLE InterfaceChanges;
} FIREWALL;

/* Both return NO_ERROR or the code of what failed. The firewall stays where it is until it is stopped. */
DWORD FirewallStart(FIREWALL *firewall);
DWORD FirewallStop(FIREWALL *firewall);

/* The port that is open. */
USHORT FirewallException(FIREWALL *firewall);

/* What takes its time: the program says how. */
void LoadRules(void);
void SaveRules(void);

#endif

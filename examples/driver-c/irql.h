/* What the driver takes from ntoskrnl, for a system that has none: the interrupt request level, which the simulator
 * keeps for each thread. */
#ifndef IRQL_H
#define IRQL_H

#include <netiosim.h>

#define PASSIVE_LEVEL 0
#define APC_LEVEL 1
#define DISPATCH_LEVEL 2

typedef UCHAR KIRQL;
typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;

static inline KIRQL KeGetCurrentIrql(void)
{
    KIRQL irql = PASSIVE_LEVEL;

    netiosim_get_irql(netiosim_current_stack(), &irql);
    return irql;
}

static inline void KeLowerIrql(KIRQL irql)
{
    netiosim_set_irql(netiosim_current_stack(), irql);
}

static inline void KeAcquireSpinLock(PKSPIN_LOCK lock, KIRQL *old)
{
    *old = KeGetCurrentIrql();
    netiosim_set_irql(netiosim_current_stack(), DISPATCH_LEVEL);
    while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) != 0) {
    }
}

static inline void KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL old)
{
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
    KeLowerIrql(old);
}

#endif

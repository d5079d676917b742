/* A library that calls back on a thread of its own. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

enum { MibInitialNotification = 3 };

static struct {
    void (*call)(void *context, uint16_t port, int type);
    void *context;
    pthread_t thread;
} told;

static void *tell(void *nothing)
{
    told.call(told.context, 0, MibInitialNotification);
    return nothing;
}

uint32_t NotifyTeredoPortChange(void (*call)(void *, uint16_t, int), void *context, uint8_t initial,
                                void **handle)
{
    told.call = call;
    told.context = context;
    *handle = &told;
    return initial ? (uint32_t)pthread_create(&told.thread, NULL, tell, NULL) : 0;
}

uint32_t CancelMibChangeNotify2(void *handle)
{
    return handle == &told ? (uint32_t)pthread_join(told.thread, NULL) : 87;
}

uint32_t GetTeredoPort(uint16_t *port)
{
    *port = 4711;
    return 0;
}

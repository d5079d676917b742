/* What the firewall takes from kernel32, for a system that has none: a lock and a sleep, on POSIX threads. It is not
 * compiled on Windows. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <windows.h>

/* A lock is one pointer; it is that of a mutex from here, taken at first use. */
#define MOST 64
static pthread_mutex_t pool[MOST];
static size_t used;
static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;

static pthread_mutex_t *MutexOf(PSRWLOCK lock)
{
    pthread_mutex_t *mutex;

    pthread_mutex_lock(&taking);
    if (lock->Ptr == NULL) {
        if (used == MOST) {
            abort();
        }
        pthread_mutex_init(&pool[used], NULL);
        lock->Ptr = &pool[used++];
    }
    mutex = lock->Ptr;
    pthread_mutex_unlock(&taking);
    return mutex;
}

VOID WINAPI InitializeSRWLock(PSRWLOCK lock)
{
    lock->Ptr = NULL;
}

VOID WINAPI AcquireSRWLockExclusive(PSRWLOCK lock)
{
    pthread_mutex_lock(MutexOf(lock));
}

VOID WINAPI ReleaseSRWLockExclusive(PSRWLOCK lock)
{
    pthread_mutex_unlock(MutexOf(lock));
}

VOID WINAPI Sleep(DWORD ms)
{
    struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

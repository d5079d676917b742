/* A program that knows nothing of the simulator. The first argument says what it does wrong. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef void *HANDLE;
typedef void (*PORT_CALLBACK)(void *context, uint16_t port, int kind);
typedef void (*ADDRESS_CALLBACK)(void *context, const unsigned char *row, int kind);
uint32_t NotifyTeredoPortChange(PORT_CALLBACK, void *, uint8_t, HANDLE *);
uint32_t NotifyUnicastIpAddressChange(uint16_t, ADDRESS_CALLBACK, void *, uint8_t, HANDLE *);
uint32_t CancelMibChangeNotify2(HANDLE);
uint32_t GetTeredoPort(uint16_t *);
uint32_t ConvertInterfaceAliasToLuid(const uint16_t *, uint64_t *);
void InitializeUnicastIpAddressEntry(unsigned char *);
uint32_t CreateUnicastIpAddressEntry(const unsigned char *);
uint32_t GetUnicastIpAddressEntry(unsigned char *);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static const char *how = "";
static volatile int seen;
static HANDLE handle;

static void on_port(void *context, uint16_t port, int kind) {
    (void)context;
    if (kind == 3)
        return; /* the initial notification */
    if (!strcmp(how, "self_cancel"))
        CancelMibChangeNotify2(handle);
    if (!strcmp(how, "crash"))
        *(volatile int *)8 = 1;
    __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_lock(&lock);
    printf("port %u\n", port);
    fflush(stdout);
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void on_address(void *context, const unsigned char *row, int kind) {
    (void)context;
    unsigned char own[80];
    if (kind == 3)
        return;
    memset(own, 0, sizeof own);
    memcpy(own, row, 44); /* the keys */
    if (GetUnicastIpAddressEntry(own) == 0 && own[4] == 10 && own[64] == 4) {
        pthread_mutex_lock(&lock);
        seen = 2;
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&lock);
    }
}

/* Waits for two ports, where the stack does not see it. */
static void wait_for_two(void) {
    pthread_mutex_lock(&lock);
    while (seen < 2)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static void *waiter(void *nothing) {
    wait_for_two();
    return nothing;
}

/* Creates an address and waits until duplicate address detection is over. */
static int create_address(void) {
    static const uint16_t alias[] = {'E', 't', 'h', 'e', 'r', 'n', 'e', 't', 0};
    unsigned char row[80];
    uint64_t luid;
    if (NotifyUnicastIpAddressChange(2, on_address, 0, 0, &handle))
        return 11;
    InitializeUnicastIpAddressEntry(row);
    if (ConvertInterfaceAliasToLuid(alias, &luid))
        return 12;
    memcpy(row + 32, &luid, sizeof luid);
    row[0] = 2;
    row[1] = 0;
    memcpy(row + 4, "\x0a\x00\x00\x05", 4);
    row[60] = 24;
    if (CreateUnicastIpAddressEntry(row))
        return 13;
    wait_for_two();
    return (int)CancelMibChangeNotify2(handle);
}

/* Asks again and again; far too often once the second port is there. */
static void *asker(void *nothing) {
    uint16_t port;
    int late = 0;
    while (__atomic_load_n(&seen, __ATOMIC_SEQ_CST) < 2) {
        GetTeredoPort(&port);
        if (port == 50002 && ++late > 20000) {
            printf("the callback does not come\n");
            exit(10);
        }
    }
    return nothing;
}

static void ask_from_all_sides(void) {
    pthread_t threads[4];
    for (int at = 0; at < 4; at++)
        pthread_create(&threads[at], 0, asker, 0);
    for (int at = 0; at < 4; at++)
        pthread_join(threads[at], 0);
}

static volatile sig_atomic_t ended;

static void on_term(int number) {
    (void)number;
    ended = 1;
}

static void on_alarm(int number) {
    (void)number;
    if (write(1, "too late\n", 9) < 0)
        _exit(12);
    _exit(11);
}

/* Stays until a signal comes; nobody has to wait for it for ever. */
static void stay(void) {
    signal(SIGALRM, on_alarm);
    alarm(60);
    printf("here\n");
    fflush(stdout);
    while (!ended)
        usleep(1000);
}

int main(int argc, char **argv) {
    how = argc > 1 ? argv[1] : "";
    if (!strcmp(how, "address"))
        return create_address();
    if (NotifyTeredoPortChange(on_port, 0, 1, &handle))
        return 9;
    if (!strcmp(how, "pause")) {
        pause();
    } else if (!strcmp(how, "poll")) {
        while (seen < 2)
            usleep(1000);
    } else if (!strcmp(how, "compute")) {
        while (__atomic_load_n(&seen, __ATOMIC_SEQ_CST) < 2)
            ;
    } else if (!strcmp(how, "ask")) {
        uint16_t port;
        while (__atomic_load_n(&seen, __ATOMIC_SEQ_CST) < 2)
            GetTeredoPort(&port);
    } else if (!strcmp(how, "ask_all")) {
        ask_from_all_sides();
    } else if (!strcmp(how, "stay")) {
        stay();
    } else if (!strcmp(how, "stay_deaf")) {
        /* It also says something all the time. */
        uint16_t port;
        signal(SIGTERM, SIG_IGN);
        signal(SIGALRM, on_alarm);
        alarm(60);
        printf("here\n");
        fflush(stdout);
        for (;;) {
            GetTeredoPort(&port);
            usleep(1000);
        }
    } else if (!strcmp(how, "stay_until_term")) {
        signal(SIGTERM, on_term);
        stay();
    } else if (!strcmp(how, "join")) {
        pthread_t thread;
        pthread_create(&thread, 0, waiter, 0);
        pthread_join(thread, 0);
    } else if (!strcmp(how, "lock")) {
        pthread_mutex_lock(&lock);
        while (seen < 1)
            usleep(1000);
        CancelMibChangeNotify2(handle); /* on_port wants the lock */
    } else {
        wait_for_two();
    }
    if (!strcmp(how, "fork")) {
        pid_t child = fork();
        if (child == 0)
            exit(7);
        waitpid(child, 0, 0);
    }
    if (strcmp(how, "leak"))
        CancelMibChangeNotify2(handle);
    if (!strcmp(how, "_exit"))
        _exit(0);
    return !strcmp(how, "three") ? 3 : 0;
}

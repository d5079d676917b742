/* A driver module: the functions return NTSTATUS. */
#include <stdint.h>

uint32_t GetTeredoPort(uint16_t *);

int main(void) {
    uint16_t port;
    /* STATUS_INVALID_PARAMETER */
    return GetTeredoPort(0) == 0xC000000D && GetTeredoPort(&port) == 0 ? 0 : 5;
}

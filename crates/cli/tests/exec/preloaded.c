/* A program that was linked with nothing, and finds the function where the system would have it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

int main(void) {
    uint32_t (*get)(uint16_t *) = (uint32_t(*)(uint16_t *))dlsym(RTLD_DEFAULT, "GetTeredoPort");
    uint16_t port = 0;
    if (!get)
        return 21;
    if (get(&port))
        return 22;
    printf("port %u\n", port);
    return 0;
}

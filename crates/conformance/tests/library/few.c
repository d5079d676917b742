/* A library with two names of the API, one of which answers a wrong code. */
#include <stdint.h>

#define ERROR_INVALID_PARAMETER 87

uint32_t ConvertLengthToIpv4Mask(uint32_t length, uint32_t *mask)
{
    uint32_t bits = length == 0 ? 0 : 0xFFFFFFFFu << (length > 32 ? 0 : 32 - length);
    *mask = length > 32 ? 0xFFFFFFFFu : __builtin_bswap32(bits);
    return length > 32 ? ERROR_INVALID_PARAMETER : 0;
}

/* Wrong: a mask with a hole has no length. */
uint32_t ConvertIpv4MaskToLength(uint32_t mask, uint8_t *length)
{
    *length = (uint8_t)__builtin_popcount(mask);
    return 0;
}

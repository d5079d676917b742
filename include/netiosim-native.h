/* Makes mingw-w64's Windows headers compile natively. `netiosim cflags` puts it in front of every file (-include), and
 * the headers themselves behind the system's own (-idirafter).
 *
 * The system's C headers win: what both define is taken from there, and mingw-w64 is told, by its own guards, that it
 * is there. LONG stays 32 bits wide in mingw-w64's headers on LP64 systems, so every structure lies as on Windows;
 * include/netiosim-layouts.h checks that.
 *
 * Seen to work: GCC 12 and mingw-w64 10.0 on Debian 12, C and C++.
 */
#ifndef NETIOSIM_NATIVE_H
#define NETIOSIM_NATIVE_H

#ifndef _WIN32 /* natively only: a cross compiler for Windows needs nothing of this */

#ifndef __LP64__
#error "netiosim: mingw-w64's headers are read as those of 64-bit Windows; compile for a 64-bit system"
#endif
#if __SIZEOF_WCHAR_T__ != 2
#error "netiosim: WCHAR has 16 bits; compile with -fshort-wchar, as `netiosim cflags` says"
#endif

/* Windows' fd_set is another one. */
#define _SYS_SELECT_H
#define _SYS_SELECT_H_

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/time.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#define _INTPTR_T_DEFINED
#define _PTRDIFF_T_DEFINED
#define _SIZE_T_DEFINED
#define _SSIZE_T_DEFINED
#define _TIMEVAL_DEFINED
#define _TIME_T_DEFINED
#define _UINTPTR_T_DEFINED
#define _WCTYPE_T_DEFINED
#define _WCHAR_T_DEFINED

#define _WIN32 1
#define _WIN64 1
#ifdef __aarch64__
#define _ARM64_ 1
#else
#define _AMD64_ 1
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif

/* The system's calling convention is the only one. */
#define __cdecl
#define _cdecl
#define __stdcall
#define __fastcall
#define __declspec(attribute)

/* Winsock's has another type. None of Winsock's functions is simulated; who calls one is told by the linker. */
#define gethostname netiosim_winsock_gethostname

#endif
#endif

//! The simulated `netioapi.h` as the shared object that a program links instead of `iphlpapi`.

use netiosim_win32 as _;

//! Driving the stack from C: `include/netiosim.h`.

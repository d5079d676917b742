//! Schedules: the choices of one run, as a short text that can be printed, kept and replayed.

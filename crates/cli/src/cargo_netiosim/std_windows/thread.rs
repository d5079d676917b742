//! `std::os::windows::thread`: nothing of it is stable beyond the handles in `io`.

//! Whole-product tests of netiosim live in `tests/`; this library is empty.

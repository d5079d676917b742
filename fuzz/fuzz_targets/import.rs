//! The target `import`; what holds is said at the function.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| netiosim_fuzz::import(data));

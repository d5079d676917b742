//! How the shared object is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        // Its threads and its report at the end of the program outlive a dlclose.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        // A program that was linked with it and one that it is preloaded into mean the same object.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libnetio.so");
    }
}

//! Versions that cannot work, told before the compiler does.

use cargo_metadata::Package;

/// The packages that are the API's names for Rust, and the first version that works.
const FIRST: &[(&str, u64, u64)] = &[("windows", 0, 1), ("windows-sys", 0, 1), ("winapi", 0, 3)];

/// What is wrong with the packages that the Windows selves use.
pub(crate) fn problems(packages: &[&Package]) -> Vec<String> {
    let mut problems = Vec::new();
    for package in packages {
        let version = &package.version;
        for (name, major, minor) in FIRST {
            if package.name.as_str() == *name && (version.major, version.minor) < (*major, *minor) {
                problems.push(format!(
                    "`{name}` {version} cannot be compiled off Windows: {major}.{minor} is the first that can. Which \
                     package brings it: cargo tree --target all -i {name}@{version}"
                ));
            }
        }
    }
    problems
}

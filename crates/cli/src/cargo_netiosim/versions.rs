//! Versions that cannot work, told before the compiler does.

use cargo_metadata::Package;

/// The packages that are the API's names for Rust, and the first version that works.
const FIRST: &[(&str, u64, u64)] = &[("windows", 0, 52), ("winapi", 0, 3)];

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, version: &str) -> Package {
        serde_json::from_value(json!({
            "name": name, "version": version, "id": format!("{name} {version}"), "source": null, "license": null,
            "license_file": null, "description": null, "dependencies": [], "targets": [], "features": {},
            "manifest_path": "/p/Cargo.toml", "metadata": null, "publish": null, "authors": [], "categories": [],
            "keywords": [], "readme": null, "repository": null, "homepage": null, "documentation": null,
            "edition": "2021", "links": null, "default_run": null, "rust_version": null
        }))
        .expect("a package as cargo tells it")
    }

    #[test]
    fn versions_that_cannot_work_are_told() {
        let packages = [
            package("windows", "0.48.0"),
            package("windows", "0.62.2"),
            package("windows-sys", "0.48.0"),
            package("winapi", "0.2.8"),
            package("winapi", "0.3.9"),
            package("windows-core", "0.1.0"),
        ];
        let told = problems(&packages.iter().collect::<Vec<_>>());
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("`windows` 0.48.0") && told[0].contains("0.52"), "{told:?}");
        assert!(told[1].contains("`winapi` 0.2.8"), "{told:?}");
    }
}

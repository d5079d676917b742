use super::*;

fn flip(text: &str) -> String {
    source(text, Windows::default()).text.unwrap_or_else(|| text.to_owned())
}

#[test]
fn attributes_are_flipped_and_the_rest_stays() {
    assert_eq!(
        flip("#[cfg(windows)]\nmod a;\n#[cfg(not(windows))] // note\nmod b;\n"),
        "#[cfg(all())]\nmod a;\n#[cfg(not(all()))] // note\nmod b;\n"
    );
    assert_eq!(flip("#![cfg(unix)]"), "#![cfg(any())]");
    assert_eq!(
        flip(
            "#[cfg_attr(windows, path = \"win.rs\")]\n#[cfg_attr(unix, path = \"unix.rs\")] mod os;"
        ),
        "#[cfg_attr(all(), path = \"win.rs\")]\n#[cfg_attr(any(), path = \"unix.rs\")] mod os;"
    );
    assert_eq!(
        flip(
            "#[cfg_attr(feature = \"x\", cfg_attr(windows, link(name = \"iphlpapi\")))] extern {}"
        ),
        "#[cfg_attr(feature = \"x\", cfg_attr(all(), cfg(all())))] extern {}"
    );
    assert_eq!(flip("fn f(#[cfg(windows)] a: u8) {}"), "fn f(#[cfg(all())] a: u8) {}");
}

#[test]
fn macros_are_flipped() {
    assert_eq!(
        flip("let a = cfg!(windows) && std::cfg!(unix);"),
        "let a = cfg!(all()) && std::cfg!(any());"
    );
    assert_eq!(
        flip("cfg_if! { if #[cfg(windows)] { mod a; } else { mod b; } }"),
        "cfg_if! { if #[cfg(all())] { mod a; } else { mod b; } }"
    );
    assert_eq!(
        flip("cfg_select! { windows => { fn f() {} } unix => cfg!(windows), _ => {} }"),
        "cfg_select! { all() => { fn f() {} } any() => cfg!(all()), _ => {} }"
    );
}

#[test]
fn what_only_looks_like_it_stays() {
    for text in [
        "let windows = unix;",
        "// #[cfg(windows)]\nfn f() {}",
        "let s = \"#[cfg(windows)]\";",
        "use windows::Win32;",
        "#[doc(cfg(windows))] fn f() {}",
        "fn f() { crate::std::os::windows::x() }",
    ] {
        assert_eq!(flip(text), text);
    }
}

#[test]
fn the_windows_part_of_std_is_the_stand_in() {
    assert_eq!(
        flip("fn f() { std::os::windows::ffi::OsStrExt::encode_wide(x) }"),
        "fn f() { ::netiosim_std_windows::ffi::OsStrExt::encode_wide(x) }"
    );
    assert_eq!(
        flip("x: ::std::os::windows::raw::HANDLE"),
        "x: ::netiosim_std_windows::raw::HANDLE"
    );
    assert_eq!(flip("use std::os::windows::io::*;"), "use ::netiosim_std_windows::io::*;");
    assert_eq!(flip("use std::os::windows;"), "use ::netiosim_std_windows as windows;");
    assert_eq!(
        flip("use std::os::windows::{self, io::AsRawHandle};"),
        "use ::netiosim_std_windows::{self as windows, io::AsRawHandle};"
    );
}

#[test]
fn a_group_gives_up_what_comes_from_elsewhere() {
    assert_eq!(
        flip("use std::{ffi::OsStr, os::windows::ffi::OsStrExt, ptr};\nfn f() {}"),
        "use std::{ffi::OsStr,  ptr}; use ::netiosim_std_windows::ffi::OsStrExt;\nfn f() {}"
    );
    assert_eq!(
        flip(
            "#[cfg(windows)]\npub(crate) use std::{\n    os::windows::{\n        ffi::OsStrExt,\n    },\n};\n"
        ),
        "#[cfg(all())]\npub(crate) use std::{\n    \n\n\n}; #[cfg(all())] pub(crate) use ::netiosim_std_windows::{ffi :: OsStrExt};\n"
    );
    assert_eq!(
        flip("use std::os::raw::{c_int, c_ulong};"),
        "use std::os::raw::{c_int, }; use ::netiosim_std_windows::c::c_ulong;"
    );
}

#[test]
fn c_types_have_the_width_of_windows() {
    assert_eq!(
        flip("use std::ffi::c_ulong as ULONG;"),
        "use ::netiosim_std_windows::c::c_ulong as ULONG;"
    );
    assert_eq!(flip("type A = libc::c_long;"), "type A = ::netiosim_std_windows::c::c_long;");
}

#[test]
fn calling_conventions_of_windows_are_the_systems() {
    assert_eq!(
        flip("extern \"stdcall\" fn f() {} extern \"C\" {}"),
        "extern \"system\" fn f() {} extern \"C\" {}"
    );
}

#[test]
fn a_library_of_windows_is_not_asked_for() {
    assert_eq!(
        flip("#[link(name = \"iphlpapi\")] extern {}\n#[link(name = \"z\")] extern {}"),
        "#[cfg(all())] extern {}\n#[link(name = \"z\")] extern {}"
    );
    assert_eq!(
        flip("#[link(name = \"x.dll\", kind = \"raw-dylib\")] extern {}"),
        "#[cfg(all())] extern {}"
    );
}

#[test]
fn what_stands_before_the_first_token_stays() {
    assert_eq!(flip("\u{feff}#[cfg(windows)] mod a;"), "\u{feff}#[cfg(all())] mod a;");
    assert_eq!(flip("#!/bin/rust\n#[cfg(windows)] mod a;"), "#!/bin/rust\n#[cfg(all())] mod a;");
    assert_eq!(flip("#! [cfg(windows)] mod a;"), "#! [cfg(all())] mod a;");
}

#[test]
fn what_is_not_rust_stays() {
    assert_eq!(flip("#[cfg(windows)] {{ template }"), "#[cfg(windows)] {{ template }");
}

#[test]
fn sockets_of_the_host_are_remarked_on() {
    let flipped = source(
        "\nuse windows_sys::Win32::Networking::WinSock::{AF_INET, setsockopt};\n",
        Windows::default(),
    );
    assert_eq!(flipped.remarks.len(), 1);
    assert_eq!(flipped.remarks[0].line, 2);
    assert!(flipped.remarks[0].text.contains("setsockopt"), "{:?}", flipped.remarks);
}

mod laws {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    /// What sources are made of here.
    const PARTS: &[&str] = &[
        "#[cfg(windows)]",
        "#[cfg(\n    all(unix,\n    target_os\n    = \"linux\")\n)]",
        "#![cfg(target_os = \"windows\")]",
        "#[cfg_attr(windows,\n path = \"w.rs\")]",
        "cfg!(windows)",
        "cfg_if! { if #[cfg(unix)] { a } else { b } }",
        "cfg_select! { windows => { a } unix => b, _ => c }",
        "use std::os::windows::io::{\n  AsRawHandle,\n};",
        "pub use std::{\n  ffi::OsStr,\n  os::windows::{\n    self,\n    ffi::OsStrExt,\n  },\n};",
        "use std::os::raw::{c_int, c_ulong as U};",
        "std::os::windows::raw::HANDLE",
        "libc::wcslen(x);",
        "extern \"stdcall\" fn f() {}",
        "#[link(name = \"iphlpapi\",\n kind = \"raw-dylib\")] extern {}",
        "// #[cfg(windows)]\n",
        "/* windows\n */",
        "\"windows\\\n\"",
        "fn f() {\n",
        "}\n",
        "x",
        "::",
        ";",
        ",",
        "\n",
        "\r\n",
        " ",
        "é🦀",
        "r#\"cfg\n\"#",
        "'a",
        "use",
        "#",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "!",
        "=>",
        "$x",
    ];

    fn holds(text: &str) -> Result<(), TestCaseError> {
        let once = flip(text);
        prop_assert_eq!(
            once.matches('\n').count(),
            text.matches('\n').count(),
            "lines of {}",
            text
        );
        prop_assert_eq!(&flip(&once), &once, "flipped twice: {}", text);
        Ok(())
    }

    proptest! {
        #[test]
        fn lines_stay_and_twice_is_once(parts in prop::collection::vec(prop::sample::select(PARTS), 0..24)) {
            holds(&parts.concat())?;
            holds(&parts.join(" "))?;
        }
    }

    #[test]
    fn they_hold_for_the_sources_of_this_workspace() {
        let mut files = 0;
        visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut |text| {
            holds(text).expect("the laws hold");
            assert_eq!(
                text.parse::<TokenStream>().is_ok(),
                flip(text).parse::<TokenStream>().is_ok()
            );
            files += 1;
        });
        assert!(files > 100, "{files} files");
    }

    fn visit(folder: &Path, each: &mut dyn FnMut(&str)) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                visit(&path, each);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                // A file that somebody is writing may be gone or cut.
                if let Ok(text) = std::fs::read_to_string(&path) {
                    each(&text);
                }
            }
        }
    }
}

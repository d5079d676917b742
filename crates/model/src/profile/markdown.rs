//! The table of options as a page of the documentation.

use std::fmt::Write as _;

use super::{OPTIONS, Profile, Setting};

/// The page `docs/profiles.md`: every option with its values, and the value and truth per profile.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Profiles\n\n\
         Where the documents are silent or disagree, the simulator has a named option. A profile decides all \
         of them at once; `netiosim profiles` prints the same, and `options` in a scenario fixes single ones. \
         Generated from `netiosim_model::profile`; a test keeps it fresh (`NETIOSIM_BLESS=1` rewrites it).\n\n\
         | Profile | What it is |\n|---|---|\n",
    );
    let mut line =
        |line: std::fmt::Arguments<'_>| text.write_fmt(line).expect("a string takes all");
    for profile in Profile::ALL {
        line(format_args!("| {profile} | {} |\n", profile.summary()));
    }
    line(format_args!(
        "\n## How each value is known\n\n\
         Beside each value stands its kind of truth. *Documented*: a page, a header or an RFC says it. *Derived*: \
         it follows from one. *Observed*: real Windows, or Wine for the profile `wine`, was seen to do it; \
         [R] measured and published, [W] asserted by a test suite that runs on Windows, [P] a practitioner's \
         report, [S] a secondary source of low authority. *Chosen*: nothing says it, and this project decided. \
         O-, C- and X- numbers and requirement ids are those of the project's fact sheet, `obs` numbers those \
         of its list of observations. Under `adversarial` the first value is the one that seed 0 takes.\n\n\
         A decision *per run* is taken once, at its first use; *per use* it is taken anew each time.\n\n\
         ## All options\n\n\
         | Option | Covers | Per | documented | observed | adversarial | wine |\n\
         |---|---|---|---|---|---|---|\n",
    ));
    let cell =
        |setting: &Setting| format!("{} ({})", setting.allowed.join(" or "), setting.truth.word());
    for spec in OPTIONS {
        let cells = Profile::ALL.map(|profile| cell(spec.setting(profile))).join(" | ");
        line(format_args!(
            "| [{name}](#{name}) | {} | {} | {cells} |\n",
            spec.covers.join(", "),
            spec.per.word(),
            name = spec.name,
        ));
    }
    for spec in OPTIONS {
        line(format_args!("\n## {}\n\n{}\n\n", spec.name, spec.question));
        for value in spec.values {
            line(format_args!("- `{}`: {}\n", value.name, value.meaning));
        }
        line(format_args!("\n| Profile | Value | Truth | Evidence |\n|---|---|---|---|\n"));
        for profile in Profile::ALL {
            let Setting { allowed, truth, evidence } = spec.setting(profile);
            line(format_args!(
                "| {profile} | {} | {} | {evidence} |\n",
                allowed.join(" or "),
                truth.word()
            ));
        }
    }
    line(format_args!(
        "\n## Not options here\n\n\
         The other silent spots of the fact sheet concern functions that the simulator does not have yet: O-10, \
         O-11, O-12 and C-05 (NotifyStableUnicastIpAddressTable), O-16 to O-18 (addresses, routes, FreeMibTable), \
         O-21 and O-22 (GetIfTable2, GetIfEntry2Ex), O-24 (NotifyNetworkConnectivityHintChange).\n",
    ));
    text
}

//! What the compiler would say of the target if it were Windows.

/// Which C library the pretended target has, `target_env`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TargetEnv {
    /// `msvc`, which most users of Windows have.
    #[default]
    Msvc,
    /// `gnu`.
    Gnu,
}

impl TargetEnv {
    /// As `target_env` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Msvc => "msvc",
            Self::Gnu => "gnu",
        }
    }

    /// By name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Msvc, Self::Gnu].into_iter().find(|env| env.name() == name)
    }
}

/// The pretended target: `<this machine's architecture>-pc-windows-<env>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Windows {
    /// The C library.
    pub(crate) env: TargetEnv,
}

impl Windows {
    /// What a predicate that is one word says; `None`: it is not about the operating system.
    pub(crate) fn word(self, word: &str) -> Option<bool> {
        match word {
            "windows" => Some(true),
            "unix" => Some(false),
            _ => None,
        }
    }

    /// What `key = "value"` says; `None`: it is not about the operating system.
    pub(crate) fn pair(self, key: &str, value: &str) -> Option<bool> {
        let here = match key {
            "target_os" | "target_family" => "windows",
            "target_env" => self.env.name(),
            "target_vendor" => "pc",
            _ => return None,
        };
        Some(value == here)
    }

    /// The name of the target, as `TARGET` has it in a build script and as a table of a manifest may.
    pub(crate) fn triple(self) -> String {
        format!("{}-pc-windows-{}", std::env::consts::ARCH, self.env.name())
    }
}

//! Where addresses and routes come from, and how far duplicate address detection is.

macro_rules! numbered {
    (
        $(#[$meta:meta])* $name:ident ($first:literal ..) {
            $($(#[$variant_meta:meta])* $variant:ident = $number:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        pub enum $name { $($(#[$variant_meta])* $variant,)* }

        impl $name {
            /// Every value, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The value of the enumeration in the headers.
            #[must_use]
            pub const fn number(self) -> u32 {
                match self { $(Self::$variant => $number,)* }
            }

            /// The value with this number.
            #[must_use]
            pub const fn from_number(number: u32) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }

            /// Microsoft's name of the value.
            #[must_use]
            pub const fn mib_name(self) -> &'static str {
                match self { $(Self::$variant => concat!($first, stringify!($variant)),)* }
            }
        }
    };
}

numbered! {
    /// NL_DAD_STATE (ST-05).
    DadState ("IpDadState"..) {
        /// The address is not valid.
        Invalid = 0,
        /// Detection runs, or waits for the medium; the address is not usable (UC-16).
        Tentative = 1,
        /// Another host has the address (UC-18).
        Duplicate = 2,
        /// The preferred lifetime is over.
        Deprecated = 3,
        /// The address is usable (UC-17).
        Preferred = 4,
    }
}

numbered! {
    /// NL_PREFIX_ORIGIN (ST-06).
    PrefixOrigin ("IpPrefixOrigin"..) {
        /// From elsewhere.
        Other = 0,
        /// By hand.
        Manual = 1,
        /// Well known, as that of link-local addresses.
        WellKnown = 2,
        /// From a DHCP server.
        Dhcp = 3,
        /// From a router advertisement.
        RouterAdvertisement = 4,
        /// Left as it is.
        Unchanged = 16,
    }
}

numbered! {
    /// NL_SUFFIX_ORIGIN (ST-06).
    SuffixOrigin ("IpSuffixOrigin"..) {
        /// From elsewhere.
        Other = 0,
        /// By hand.
        Manual = 1,
        /// Well known.
        WellKnown = 2,
        /// From a DHCP server.
        Dhcp = 3,
        /// From the link-layer address.
        LinkLayerAddress = 4,
        /// Random.
        Random = 5,
        /// Left as it is.
        Unchanged = 16,
    }
}

numbered! {
    /// NL_ROUTE_ORIGIN (ST-08).
    RouteOrigin ("Nlro"..) {
        /// By hand.
        Manual = 0,
        /// Well known.
        WellKnown = 1,
        /// From a DHCP server.
        Dhcp = 2,
        /// From a router advertisement.
        RouterAdvertisement = 3,
        /// From a 6to4 tunnel.
        SixToFour = 4,
    }
}

/// NL_ROUTE_PROTOCOL values that the simulator itself uses (facts 8.2, ST-08).
pub mod protocol {
    /// MIB_IPPROTO_LOCAL: routes that the stack makes for its addresses.
    pub const LOCAL: u32 = 2;
    /// MIB_IPPROTO_NETMGMT: routes made by hand or by a program.
    pub const NETMGMT: u32 = 3;
    /// MIB_IPPROTO_DHCP.
    pub const DHCP: u32 = 19;
    /// MIB_IPPROTO_NT_AUTOSTATIC, MIB_IPPROTO_NT_STATIC and MIB_IPPROTO_NT_STATIC_NON_DOD.
    pub const NT: [u32; 3] = [10_002, 10_006, 10_007];

    /// Whether the enumeration has this value.
    #[must_use]
    pub const fn is_known(number: u32) -> bool {
        matches!(number, 1..=19 | 10_002 | 10_006 | 10_007)
    }
}

//! What Wine 8.0 does in a world that changes.

/// Checks of which something else comes than in a world that stays as it is: the id, what came there, and what comes here.
pub(crate) const CHECKS: &[(&str, &str, &str)] = &[
    // It passes: the size that GetAdaptersAddresses wants follows the addresses.
    ("AD-21", "not_applicable", "pass"),
    // It fails: no registration has a handle.
    ("NU-13", "not_applicable", "fail"),
];

/// A change, what Wine shows of it, and what the model does.
type Difference = (&'static str, &'static str, &'static str);

/// Where they differ, by the reasons.
pub(crate) const CHANGES: &[(&str, &[Difference])] = &[
    (
        "Wine's GetIpForwardTable2 does not show the route on the link that Linux makes for an IPv6 address",
        &[
            (
                "an IPv6 address appears",
                "shown: GetUnicastIpAddressTable; called: nothing",
                "shown: GetUnicastIpAddressTable, GetIpForwardTable2; called: nothing",
            ),
            (
                "an IPv6 address goes away",
                "shown: GetUnicastIpAddressTable; called: nothing",
                "shown: GetUnicastIpAddressTable, GetIpForwardTable2; called: nothing",
            ),
        ],
    ),
    (
        "Wine's GetIpInterfaceTable answers ERROR_NOT_SUPPORTED",
        &[
            (
                "the interface is set down",
                "shown: GetIfTable2, GetIpForwardTable2; called: nothing",
                "shown: GetIfTable2, GetIpInterfaceTable, GetIpForwardTable2; called: nothing",
            ),
            (
                "the interface is set up",
                "shown: GetIfTable2, GetIpForwardTable2; called: nothing",
                "shown: GetIfTable2, GetIpInterfaceTable, GetIpForwardTable2; called: nothing",
            ),
        ],
    ),
    (
        "The same, and Linux has one MTU for the link, which GetIfTable2 shows; the change of the model is that of NlMtu alone",
        &[(
            "the MTU changes",
            "shown: GetIfTable2; called: nothing",
            "shown: GetIpInterfaceTable; called: nothing",
        )],
    ),
    (
        "Linux's interfaces have no metric",
        &[(
            "the metric changes",
            "ip has no words for this interface_set",
            "shown: GetIpInterfaceTable; called: nothing",
        )],
    ),
];

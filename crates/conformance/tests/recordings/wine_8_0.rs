//! Where the profile `wine` differs from Wine 8.0.

/// Functions that Wine 8.0 does not export.
pub(crate) const NOT_EXPORTED: &[&str] = &[
    "NotifyTeredoPortChange",
    "NotifyStableUnicastIpAddressTable",
    "NotifyNetworkConnectivityHintChange",
    "GetTeredoPort",
    "GetIpInterfaceEntry",
    "SetIpInterfaceEntry",
    "InitializeIpInterfaceEntry",
    "GetIfStackTable",
    "GetInvertedIfStackTable",
    "CreateUnicastIpAddressEntry",
    "SetUnicastIpAddressEntry",
    "DeleteUnicastIpAddressEntry",
    "InitializeUnicastIpAddressEntry",
    "GetAnycastIpAddressEntry",
    "GetAnycastIpAddressTable",
    "CreateAnycastIpAddressEntry",
    "DeleteAnycastIpAddressEntry",
    "GetMulticastIpAddressEntry",
    "GetMulticastIpAddressTable",
    "GetIpForwardEntry2",
    "CreateIpForwardEntry2",
    "SetIpForwardEntry2",
    "DeleteIpForwardEntry2",
    "InitializeIpForwardEntry",
    "GetIpNetEntry2",
    "CreateIpNetEntry2",
    "SetIpNetEntry2",
    "DeleteIpNetEntry2",
    "GetNetworkConnectivityHint",
    "GetNetworkConnectivityHintForInterface",
    "ConvertIpv4MaskToLength",
];

/// A call, what Wine answers, and what the model does.
type Difference = (&'static str, &'static str, &'static str);

/// The other differences, by their reasons.
pub(crate) const DIFFERENCES: &[(&str, &[Difference])] = &[
    (
        "The profile is wrong here: Wine 8.0 calls the callback once when it is asked for an initial notification, whatever the family, and keeps no registration; the profile never calls",
        &[
            (
                "NotifyUnicastIpAddressChange(0, NULL callback, initial)",
                "the program died",
                "87, handle NULL",
            ),
            (
                "NotifyUnicastIpAddressChange(0, callback, initial)",
                "0, handle NULL, called",
                "0, handle NULL, not called",
            ),
            (
                "NotifyUnicastIpAddressChange(2, callback, initial)",
                "0, handle NULL, called",
                "0, handle NULL, not called",
            ),
            (
                "NotifyUnicastIpAddressChange(23, callback, initial)",
                "0, handle NULL, called",
                "0, handle NULL, not called",
            ),
            (
                "NotifyUnicastIpAddressChange(7, callback, initial)",
                "0, handle NULL, called",
                "87, handle NULL, not called",
            ),
        ],
    ),
    (
        "Wine looks at no parameter; the profile refuses a NULL callback and a NULL handle, so that the mistake shows (null-callback, null-handle-pointer)",
        &[
            ("NotifyIpInterfaceChange(0, NULL callback)", "0, handle NULL", "87, handle NULL"),
            ("NotifyIpInterfaceChange(0, NULL callback, NULL handle)", "0", "87"),
            (
                "NotifyIpInterfaceChange(0, NULL callback, initial)",
                "0, handle NULL",
                "87, handle NULL",
            ),
            ("NotifyIpInterfaceChange(0, callback, NULL handle)", "0", "87"),
            ("NotifyRouteChange2(0, NULL callback)", "0, handle NULL", "87, handle NULL"),
            ("NotifyRouteChange2(0, NULL callback, NULL handle)", "0", "87"),
            ("NotifyRouteChange2(0, NULL callback, initial)", "0, handle NULL", "87, handle NULL"),
            ("NotifyRouteChange2(0, callback, NULL handle)", "0", "87"),
            ("NotifyUnicastIpAddressChange(0, NULL callback)", "0, handle NULL", "87, handle NULL"),
            ("NotifyUnicastIpAddressChange(0, NULL callback, NULL handle)", "0", "87"),
            ("NotifyUnicastIpAddressChange(0, callback, NULL handle)", "0", "87"),
        ],
    ),
    (
        "Wine looks at no parameter; the profile says nothing of illegal families, which the model refuses as documented",
        &[
            ("NotifyIpInterfaceChange(7, callback)", "0, handle NULL", "87, handle NULL"),
            (
                "NotifyIpInterfaceChange(7, callback, initial)",
                "0, handle NULL, not called",
                "87, handle NULL, not called",
            ),
            ("NotifyRouteChange2(7, callback)", "0, handle NULL", "87, handle NULL"),
            (
                "NotifyRouteChange2(7, callback, initial)",
                "0, handle NULL, not called",
                "87, handle NULL, not called",
            ),
            ("NotifyUnicastIpAddressChange(7, callback)", "0, handle NULL", "87, handle NULL"),
        ],
    ),
    (
        "Wine answers ERROR_NOT_SUPPORTED to every call: GetIpInterfaceTable is a stub, of which the profile (chosen: as under `documented`) says nothing",
        &[
            ("GetIpInterfaceTable(0, NULL)", "50", "87"),
            ("GetIpInterfaceTable(0, table)", "50", "0, wrote"),
            ("GetIpInterfaceTable(2, table)", "50", "0, wrote"),
            ("GetIpInterfaceTable(23, table)", "50", "0, wrote"),
            ("GetIpInterfaceTable(7, table)", "50", "87"),
        ],
    ),
    (
        "Wine answers ERROR_NOT_SUPPORTED as soon as it has looked at the pointers, and writes nothing: GetBestRoute2 is a stub, of which the profile (chosen: as under `documented`) says nothing",
        &[
            ("GetBestRoute2(NULL destination)", "87", "87, wrote"),
            ("GetBestRoute2(NULL route)", "87", "87, wrote"),
            ("GetBestRoute2(NULL source)", "87", "87, wrote"),
            ("GetBestRoute2(destination of family 0)", "50", "87, wrote"),
            ("GetBestRoute2(unknown LUID)", "50", "1168, wrote"),
            ("GetBestRoute2(unknown index)", "50", "2, wrote"),
        ],
    ),
    (
        "Wine answers ERROR_NOT_SUPPORTED to addresses of other families than AF_INET; no option of the profile is about it",
        &[
            ("GetBestInterfaceEx(destination of family 0)", "50", "87"),
            ("GetBestInterfaceEx(destination of family 7)", "50", "87"),
        ],
    ),
    (
        "Wine answers ERROR_FILE_NOT_FOUND for an interface that is not there; the profile has 1168 (missing-row: chosen, Wine was not looked at)",
        &[
            ("GetIfEntry2(unknown LUID)", "2", "1168"),
            ("GetIfEntry2(unknown LUID, known index)", "2", "1168"),
            ("GetIfEntry2Ex(unknown LUID)", "2", "1168"),
            ("GetIfEntry2Ex(unknown LUID, known index)", "2", "1168"),
        ],
    ),
    (
        "Wine looks at no level of GetIfEntry2Ex; the profile refuses it (illegal-level: chosen, Wine was not looked at)",
        &[
            ("GetIfEntry2Ex(level 1, known LUID)", "0, wrote", "87"),
            ("GetIfEntry2Ex(level 7, known LUID)", "0, wrote", "87"),
        ],
    ),
    (
        "Wine writes the keys that it found by the index before it fails; no option of the profile is about it",
        &[("GetUnicastIpAddressEntry(known index, unknown address)", "1168, wrote", "1168")],
    ),
    (
        "Wine hands out a table; the machine of the model has no neighbours, for which the documents have ERROR_NOT_FOUND",
        &[
            ("GetIpNetTable2(2, table)", "0, wrote", "1168"),
            ("GetIpNetTable2(23, table)", "1, wrote", "1168"),
        ],
    ),
    (
        "Wine on Linux enumerates no neighbours of IPv6 and answers ERROR_INVALID_FUNCTION, with what is left of a table; no option of the profile is about it",
        &[("GetIpNetTable2(0, table)", "1, wrote", "1168")],
    ),
    (
        "Wine leaves the result alone where the input is NULL; no option of the profile is about it",
        &[
            ("ConvertInterfaceAliasToLuid(NULL)", "87", "87, wrote"),
            ("ConvertInterfaceGuidToLuid(NULL)", "87", "87, wrote"),
            ("ConvertInterfaceLuidToGuid(NULL)", "87", "87, wrote"),
            ("ConvertInterfaceLuidToIndex(NULL)", "87", "87, wrote"),
            ("ConvertInterfaceNameToLuidA(NULL)", "123", "123, wrote"),
        ],
    ),
    (
        "Wine makes a name of any LUID, that of zero included; no option of the profile is about it",
        &[
            ("ConvertInterfaceLuidToNameA(zero)", "0, wrote", "87"),
            ("ConvertInterfaceLuidToNameW(zero)", "0, wrote", "87"),
        ],
    ),
    (
        "Wine's A form fills what there is room for and answers ERROR_INSUFFICIENT_BUFFER; no option of the profile is about it",
        &[("ConvertInterfaceLuidToNameA(known, 1 unit)", "122, wrote", "8")],
    ),
    (
        "Wine writes the mask without a look at the pointer: an access violation",
        &[("ConvertLengthToIpv4Mask(33, NULL)", "the program died", "87")],
    ),
    (
        "The code is DNS_ERROR_NO_DNS_SERVERS: Wine asks for the DNS servers, too, and what it finds depends on the machine of the recording",
        &[("GetAdaptersAddresses(23, enough)", "9852", "0, wrote")],
    ),
    (
        "Wine takes a family that is none for AF_UNSPEC; no option of the profile is about it",
        &[("GetAdaptersAddresses(7, enough)", "0, wrote", "87")],
    ),
];

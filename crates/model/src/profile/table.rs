//! The table of options: one entry a decision, data only.

use super::queries::QUERIES;
use super::{OptionId, OptionSpec, OptionValue, Scope, Setting};
use crate::truth::Truth;
use crate::truth::Truth::{Chosen, Derived, Documented, Observed};

pub(super) const fn value(name: &'static str, meaning: &'static str) -> OptionValue {
    OptionValue { name, meaning, includes: &[] }
}

pub(super) const fn set(
    allowed: &'static [&'static str],
    truth: Truth,
    evidence: &'static str,
) -> Setting {
    Setting { allowed, truth, evidence }
}

/// For what nobody has seen: the profile `observed` then does as documented.
pub(super) const fn unseen(allowed: &'static [&'static str]) -> Setting {
    set(allowed, Chosen, "no observation; as under `documented`")
}

/// For what Wine never comes to, because its registrations never call back.
const fn unreached(allowed: &'static [&'static str]) -> Setting {
    set(allowed, Chosen, "never comes up where no registration is live; as under `documented`")
}

/// Those of the first notifications and of the Teredo client.
const NOTIFICATIONS: [OptionSpec; 28] = [
    OptionSpec {
        id: OptionId::NullCallback,
        name: "null-callback",
        covers: &["O-01", "O-11"],
        question: "What do the family-based Notify functions, and NotifyStableUnicastIpAddressTable, return for a NULL Callback? (For NotifyTeredoPortChange the \
                   page says: 87, TP-04.)",
        values: &[
            value(
                "invalid-parameter",
                "ERROR_INVALID_PARAMETER or STATUS_INVALID_PARAMETER, as the Teredo page has it",
            ),
            value(
                "invalid-handle",
                "ERROR_INVALID_HANDLE, the only other failure that the page lists",
            ),
        ],
        per: Scope::Run,
        documented: set(
            &["invalid-parameter"],
            Chosen,
            "the page is silent; O-01 suggests the Teredo page's code",
        ),
        observed: unseen(&["invalid-parameter"]),
        adversarial: set(
            &["invalid-parameter", "invalid-handle"],
            Chosen,
            "the page lists both codes, for neither case",
        ),
        wine: set(
            &["invalid-parameter"],
            Chosen,
            "Wine's stub looks at no argument and succeeds; we refuse, so that the mistake shows",
        ),
    },
    OptionSpec {
        id: OptionId::NullHandlePointer,
        name: "null-handle-pointer",
        covers: &["O-02", "TP-35"],
        question: "What do the Notify functions return for a NULL NotificationHandle pointer?",
        values: &[
            value("invalid-parameter", "ERROR_INVALID_PARAMETER or STATUS_INVALID_PARAMETER"),
            value("invalid-handle", "ERROR_INVALID_HANDLE"),
        ],
        per: Scope::Run,
        documented: set(
            &["invalid-parameter"],
            Chosen,
            "the pages are silent; NotifyStableUnicastIpAddressTable documents this code for the same parameter",
        ),
        observed: unseen(&["invalid-parameter"]),
        adversarial: set(
            &["invalid-parameter", "invalid-handle"],
            Chosen,
            "the pages list both codes, for neither case",
        ),
        wine: set(
            &["invalid-parameter"],
            Chosen,
            "Wine's stub tolerates the pointer and succeeds; we refuse, so that the mistake shows",
        ),
    },
    OptionSpec {
        id: OptionId::StaleCancel,
        name: "stale-cancel",
        covers: &["O-03", "CX-14", "obs 19"],
        question: "What does CancelMibChangeNotify2 return for a handle that is unknown or already cancelled? (For NULL \
                   the page says: 87, CX-01. The finding N005 is raised whatever is returned.)",
        values: &[
            value(
                "invalid-parameter",
                "ERROR_INVALID_PARAMETER or STATUS_INVALID_PARAMETER, as for NULL",
            ),
            value("invalid-handle", "ERROR_INVALID_HANDLE"),
            value("success", "success: the call does nothing"),
        ],
        per: Scope::Run,
        documented: set(&["invalid-parameter"], Chosen, "the page is silent; O-03 suggests 87"),
        observed: set(&["invalid-parameter"], Chosen, "obs 19: no report; 87 is an inference"),
        adversarial: set(
            &["invalid-parameter", "invalid-handle", "success"],
            Chosen,
            "the page permits any code; a client must survive each",
        ),
        wine: set(
            &["success"],
            Observed,
            "Wine's sources: CancelMibChangeNotify2 answers NO_ERROR to every handle",
        ),
    },
    OptionSpec {
        id: OptionId::InitialThread,
        name: "initial-thread",
        covers: &["O-04", "TP-06", "NI-07", "obs 3"],
        question: "Which thread makes the initial call?",
        values: &[
            value("caller", "the registering thread, before the Notify function returns"),
            value("pool", "a thread of the pool, before or after the Notify function returns"),
        ],
        per: Scope::Use,
        documented: set(
            &["caller"],
            Chosen,
            "the pages say directly after the registration, not where; O-04 suggests it",
        ),
        observed: set(
            &["caller"],
            Observed,
            "obs 3 [W][R][P]: it has run before NotifyXxx returns",
        ),
        adversarial: set(&["caller", "pool"], Chosen, "the pages permit both"),
        wine: unreached(&["caller"]),
    },
    OptionSpec {
        id: OptionId::InitialUnspec,
        name: "initial-unspec",
        covers: &["NI-03", "NI-07", "obs 1"],
        question: "How often does a registration for AF_UNSPEC make the initial call?",
        values: &[
            value("once", "once per handle"),
            value("per-family", "once for IPv4, then once for IPv6"),
        ],
        per: Scope::Run,
        documented: set(
            &["once"],
            Derived,
            "the page speaks of one notification that confirms the registration",
        ),
        observed: set(
            &["per-family"],
            Observed,
            "obs 1 [R]: twice, once per family; that IPv4 is first is presumed",
        ),
        adversarial: set(
            &["once", "per-family"],
            Observed,
            "the words permit the first, Windows does the second",
        ),
        wine: unreached(&["once"]),
    },
    OptionSpec {
        id: OptionId::Serialization,
        name: "serialization",
        covers: &["O-05", "TP-13", "NI-16", "obs 7", "X-03"],
        question: "The pages say that invocations of the callback are serialized. Which invocations never overlap?",
        values: &[
            value("handle", "those of one handle, both families of AF_UNSPEC together"),
            value(
                "lane",
                "those of one internal registration: under AF_UNSPEC the two families may overlap",
            ),
            value(
                "callback",
                "those of one callback function, over all its registrations in a process",
            ),
            value("process", "all callbacks of a process"),
        ],
        per: Scope::Run,
        documented: set(
            &["handle"],
            Chosen,
            "the text names the callback given in Callback, not the scope; O-05",
        ),
        observed: set(
            &["lane"],
            Observed,
            "obs 7 [P]: serialized per registration and family, not across them",
        ),
        adversarial: set(
            &["handle", "lane"],
            Observed,
            "the weaker two; `callback` and `process` only take orders away, and hide bugs",
        ),
        wine: unreached(&["handle"]),
    },
    OptionSpec {
        id: OptionId::DeliveryOrder,
        name: "delivery-order",
        covers: &["O-06"],
        question: "In which order do different registrations hear of changes?",
        values: &[
            value(
                "registration",
                "oldest notification first; for one change in the order of registration",
            ),
            OptionValue {
                name: "any",
                meaning: "as the driver chooses; within a registration the order of changes always holds",
                includes: &["registration"],
            },
        ],
        per: Scope::Run,
        documented: set(
            &["registration"],
            Chosen,
            "the pages are silent; O-06 suggests a deterministic order",
        ),
        observed: unseen(&["registration"]),
        adversarial: set(&["any"], Chosen, "the pages promise no order between registrations"),
        wine: unreached(&["registration"]),
    },
    OptionSpec {
        id: OptionId::PortChangeType,
        name: "port-change-type",
        covers: &["O-07", "TP-11", "TP-12"],
        question: "Which notification type comes with a new Teredo port?",
        values: &[
            value("parameter", "MibParameterNotification (0)"),
            value("add", "MibAddInstance (1)"),
        ],
        per: Scope::Run,
        documented: set(&["parameter"], Chosen, "the page is silent; O-07 suggests it"),
        observed: unseen(&["parameter"]),
        adversarial: set(
            &["parameter", "add"],
            Chosen,
            "the page permits any type but the initial one",
        ),
        wine: unreached(&["parameter"]),
    },
    OptionSpec {
        id: OptionId::PortOnStop,
        name: "port-on-stop",
        covers: &["O-08", "NT-07", "obs 31"],
        question: "What do Teredo port registrations hear when the client stops?",
        values: &[
            value("silent", "nothing"),
            value("zero-delete", "port 0 with MibDeleteInstance"),
            value("zero-parameter", "port 0 with MibParameterNotification"),
        ],
        per: Scope::Run,
        documented: set(
            &["silent"],
            Chosen,
            "the page knows port 0 only with the initial notification (NT-07); O-08",
        ),
        observed: unseen(&["silent"]),
        adversarial: set(
            &["silent", "zero-delete", "zero-parameter"],
            Chosen,
            "the page is silent, and obs 31 knows 0 as the number of no port",
        ),
        wine: unreached(&["silent"]),
    },
    OptionSpec {
        id: OptionId::SamePortRestart,
        name: "same-port-restart",
        covers: &["O-09", "TP-36"],
        question: "Does a restart of the Teredo client on the same port notify?",
        values: &[
            value("silent", "no: only a port that changed is a port change"),
            value("notify", "yes, with the unchanged port"),
        ],
        per: Scope::Run,
        documented: set(&["silent"], Chosen, "the page is silent; O-09 suggests it"),
        observed: unseen(&["silent"]),
        adversarial: set(&["silent", "notify"], Chosen, "the page permits both"),
        wine: unreached(&["silent"]),
    },
    OptionSpec {
        id: OptionId::ErrorPriority,
        name: "error-priority",
        covers: &["O-13"],
        question: "Which error does a call return that has several?",
        values: &[
            value(
                "pointer-family-keys-stack-interface",
                "the first of: NULL pointer, address family, keys and values of the row, absent IP stack, access, interface, row",
            ),
            value("access-first", "access before everything else, then as in the other order"),
        ],
        per: Scope::Run,
        documented: set(
            &["pointer-family-keys-stack-interface"],
            Chosen,
            "the pages are silent; O-13",
        ),
        observed: unseen(&["pointer-family-keys-stack-interface"]),
        adversarial: set(
            &["pointer-family-keys-stack-interface", "access-first"],
            Chosen,
            "the pages promise no order",
        ),
        wine: set(
            &["pointer-family-keys-stack-interface"],
            Derived,
            "Wine's GetIpInterfaceEntry looks at pointer, family and keys in this order",
        ),
    },
    OptionSpec {
        id: OptionId::NoMemoryStatus,
        name: "no-memory-status",
        covers: &["O-14", "C-01", "NT-10", "TP-17"],
        question: "Which number stands for STATUS_NOT_ENOUGH_MEMORY, a name of the driver pages that no header defines?",
        values: &[
            value("insufficient-resources", "STATUS_INSUFFICIENT_RESOURCES, 0xC000009A"),
            value("no-memory", "STATUS_NO_MEMORY, 0xC0000017"),
        ],
        per: Scope::Run,
        documented: set(
            &["insufficient-resources"],
            Chosen,
            "no document gives a number; O-14 suggests it",
        ),
        observed: unseen(&["insufficient-resources"]),
        adversarial: set(
            &["insufficient-resources"],
            Chosen,
            "both numbers are stand-ins, so varying them would test nothing; fix the other one by hand",
        ),
        wine: set(
            &["insufficient-resources"],
            Chosen,
            "Wine has no driver side of these functions",
        ),
    },
    OptionSpec {
        id: OptionId::KernelErrorNames,
        name: "kernel-error-names",
        covers: &["O-15", "C-02", "NT-09", "TP-18", "GT-05"],
        question: "Driver pages name ERROR_INVALID_HANDLE and ERROR_NOT_READY. Which numbers are meant?",
        values: &[
            value("literal", "the Win32 numbers 6 and 21, which pass NT_SUCCESS"),
            value("as-ntstatus", "STATUS_INVALID_HANDLE and STATUS_DEVICE_NOT_READY"),
        ],
        per: Scope::Run,
        documented: set(&["literal"], Documented, "the words of the driver pages; O-15"),
        observed: unseen(&["literal"]),
        adversarial: set(
            &["literal"],
            Documented,
            "the pages permit no other reading; fix `as-ntstatus` by hand for the natural one",
        ),
        wine: set(&["literal"], Chosen, "Wine has no driver side of these functions"),
    },
    OptionSpec {
        id: OptionId::EventsDuringCancel,
        name: "events-during-cancel",
        covers: &["O-19", "CX-08", "obs 17"],
        question: "What becomes of notifications that wait when a cancel begins? (None begins after it returned.)",
        values: &[
            value("drop", "they are dropped when the cancel begins"),
            value("deliver", "they may still begin until the cancel returns"),
        ],
        per: Scope::Use,
        documented: set(&["drop"], Chosen, "the pages are silent about the time before the return"),
        observed: set(&["drop"], Chosen, "obs 17 [P] speaks of the time after the return only"),
        adversarial: set(&["drop", "deliver"], Chosen, "the pages permit both"),
        wine: unreached(&["drop"]),
    },
    OptionSpec {
        id: OptionId::Coalescing,
        name: "coalescing",
        covers: &["O-20", "obs 11"],
        question: "Are notifications of one registration merged that wait for the same object?",
        values: &[
            value("none", "no: one callback per change"),
            value(
                "same-key",
                "yes: an add or delete replaces the one that waits, a parameter change merges with a parameter change",
            ),
        ],
        per: Scope::Run,
        documented: set(&["none"], Chosen, "the pages speak of each change; O-20"),
        observed: set(
            &["none"],
            Observed,
            "obs 11 [R]: 20 events, none lost; merging of equal keys is only said to be possible [S]",
        ),
        adversarial: set(
            &["none", "same-key"],
            Observed,
            "obs 11 [S] permits the merging of equal keys",
        ),
        wine: unreached(&["none"]),
    },
    OptionSpec {
        id: OptionId::RowNonKey,
        name: "row-non-key",
        covers: &["O-23", "NI-12", "obs 8"],
        question: "What do the members of a notification row hold that are no keys?",
        values: &[
            value("poison", "a pattern that no real row has, so that its use shows"),
            value("zero", "zero"),
        ],
        per: Scope::Run,
        documented: set(&["poison"], Chosen, "the page promises nothing of them; O-23"),
        observed: set(&["zero"], Observed, "obs 8 [R][P]"),
        adversarial: set(
            &["poison", "zero"],
            Observed,
            "the page permits anything, Windows gives zero",
        ),
        wine: unreached(&["poison"]),
    },
    OptionSpec {
        id: OptionId::DormancyRule,
        name: "dormancy-rule",
        covers: &["C-28", "TS-18", "TS-19"],
        question: "When does a qualified Teredo client become dormant?",
        values: &[
            value(
                "hour-without-traffic",
                "after an hour without Teredo traffic and without a listener with edge traversal",
            ),
            value("no-edge-listener", "as soon as nobody listens with edge traversal"),
        ],
        per: Scope::Run,
        documented: set(
            &["hour-without-traffic"],
            Documented,
            "the security-model page; another page says the other (C-28)",
        ),
        observed: unseen(&["hour-without-traffic"]),
        adversarial: set(
            &["hour-without-traffic", "no-edge-listener"],
            Documented,
            "one page each (C-28)",
        ),
        wine: set(
            &["hour-without-traffic"],
            Chosen,
            "Wine has no Teredo client; as under `documented`",
        ),
    },
    OptionSpec {
        id: OptionId::RelayPort,
        name: "relay-port",
        covers: &["C-29", "GT-10", "TP-16", "TS-14"],
        question: "Which port is the client's while it acts as a host-specific relay?",
        values: &[
            value("dynamic", "the dynamic one; 3544 serves the multicast group alone"),
            value("port-3544", "3544"),
        ],
        per: Scope::Run,
        documented: set(&["dynamic"], Documented, "the pages of both Teredo functions"),
        observed: unseen(&["dynamic"]),
        adversarial: set(
            &["dynamic", "port-3544"],
            Documented,
            "a concept page lets the relay listen on 3544 (C-29)",
        ),
        wine: set(&["dynamic"], Chosen, "Wine has no Teredo client; as under `documented`"),
    },
    OptionSpec {
        id: OptionId::DormantClient,
        name: "dormant-client",
        covers: &["GT-05", "GT-06", "TS-01"],
        question: "Does a dormant Teredo client count as started when GetTeredoPort is called?",
        values: &[
            value("started", "yes: the call returns the port"),
            value("not-started", "no: ERROR_NOT_READY"),
        ],
        per: Scope::Run,
        documented: set(
            &["started"],
            Chosen,
            "the page fails for a client that is not started; dormant ones are idle",
        ),
        observed: unseen(&["started"]),
        adversarial: set(
            &["started", "not-started"],
            Chosen,
            "the page does not say which states are started",
        ),
        wine: set(&["started"], Chosen, "Wine has no Teredo client; as under `documented`"),
    },
    OptionSpec {
        id: OptionId::PortByteOrder,
        name: "port-byte-order",
        covers: &["GT-01", "GT-02", "TP-33", "obs 31"],
        question: "In which byte order do GetTeredoPort and the callback hand over a port?",
        values: &[
            value("host", "host order: port 1 is 0x0001"),
            value("network", "network order: port 1 is 0x0100 on a little-endian machine"),
        ],
        per: Scope::Run,
        documented: set(
            &["host"],
            Derived,
            "the pages call it the UDP port number and mention no conversion",
        ),
        observed: set(
            &["host"],
            Chosen,
            "obs 31 [P]: it travels by value; the order was not reported",
        ),
        adversarial: set(
            &["host"],
            Derived,
            "nothing points to the other order; fix it by hand to try a client against it",
        ),
        wine: set(&["host"], Chosen, "Wine has no Teredo client; as under `documented`"),
    },
    OptionSpec {
        id: OptionId::FailedCancel,
        name: "failed-cancel",
        covers: &["CX-09", "CX-11", "obs 19"],
        question: "What does a cancel leave behind that failed, because it would deadlock or by an injected fault?",
        values: &[
            value(
                "stays-live",
                "the registration, which goes on notifying and can be cancelled again",
            ),
            value("gone", "nothing: no further notification begins, and the handle is stale"),
        ],
        per: Scope::Run,
        documented: set(
            &["stays-live"],
            Chosen,
            "no page speaks of a failed cancel; a call that failed changed nothing",
        ),
        observed: set(
            &["stays-live"],
            Chosen,
            "obs 19 [P]: careful clients leak the context then, as if it were live",
        ),
        adversarial: set(&["stays-live", "gone"], Chosen, "the pages permit both"),
        wine: set(
            &["stays-live"],
            Chosen,
            "a cancel never fails under Wine; as under `documented`",
        ),
    },
    OptionSpec {
        id: OptionId::ConcurrentCancel,
        name: "concurrent-cancel",
        covers: &["O-03", "CX-14"],
        question: "What does a cancel do whose handle another thread is cancelling already?",
        values: &[
            value("wait", "it waits for the running callbacks too and then succeeds"),
            value("refuse", "it returns at once what a stale handle gives"),
        ],
        per: Scope::Run,
        documented: set(
            &["wait"],
            Chosen,
            "no page speaks of it; both callers may rely on the end of the callbacks",
        ),
        observed: unseen(&["wait"]),
        adversarial: set(&["wait", "refuse"], Chosen, "the pages permit both"),
        wine: set(&["wait"], Chosen, "a cancel never waits under Wine; as under `documented`"),
    },
    OptionSpec {
        id: OptionId::HandleWritten,
        name: "handle-written",
        covers: &["TP-02", "NI-06", "obs 3"],
        question: "Is the caller's handle variable written when the initial call runs on the registering thread?",
        values: &[
            value("before-initial", "yes"),
            value("after-return", "no: it is written when the Notify function returns"),
        ],
        per: Scope::Run,
        documented: set(
            &["before-initial"],
            Chosen,
            "the initial call follows a registration that completed",
        ),
        observed: set(
            &["after-return"],
            Observed,
            "obs 3 [S]: probably not yet written; weakly known",
        ),
        adversarial: set(&["before-initial", "after-return"], Observed, "the pages permit both"),
        wine: unreached(&["before-initial"]),
    },
    OptionSpec {
        id: OptionId::Registration,
        name: "registration",
        covers: &["TP-01", "NI-06"],
        question: "Do registrations work?",
        values: &[
            value("works", "as the pages say"),
            value("stub", "they succeed with a NULL handle and never call back"),
        ],
        per: Scope::Run,
        documented: set(&["works"], Documented, "the pages of the Notify functions"),
        observed: set(&["works"], Observed, "all observations of Windows"),
        adversarial: set(
            &["works"],
            Documented,
            "no page permits a registration that stays silent",
        ),
        wine: set(
            &["stub"],
            Observed,
            "Wine's sources: NotifyIpInterfaceChange answers NO_ERROR, writes NULL and never calls; \
             NotifyTeredoPortChange is not exported, so the same answer for it is chosen",
        ),
    },
    OptionSpec {
        id: OptionId::CascadeOrder,
        name: "cascade-order",
        covers: &["TI-07"],
        question: "In which order do the notifications of one change arise?",
        values: &[
            value(
                "port-interface-address",
                "port, interface, route removal, address removal, address addition or change, route addition or \
                 change, connectivity; of one thing in the order in which it happened",
            ),
            OptionValue {
                name: "any",
                meaning: "as the driver chooses; changes of one object keep their order",
                includes: &["port-interface-address"],
            },
        ],
        per: Scope::Use,
        documented: set(
            &["port-interface-address"],
            Chosen,
            "the pages are silent; the order is ours",
        ),
        observed: unseen(&["port-interface-address"]),
        adversarial: set(&["any"], Chosen, "the pages promise no order between objects"),
        wine: unreached(&["port-interface-address"]),
    },
    OptionSpec {
        id: OptionId::TeredoFlags,
        name: "teredo-flags",
        covers: &["TA-07", "TA-08", "TA-18"],
        question: "Which flags does a Teredo address carry?",
        values: &[
            value("rfc5991", "twelve random bits in mask 0x3CFF; the cone bit is clear"),
            value("rfc4380", "0x8000 behind a cone NAT, otherwise 0"),
        ],
        per: Scope::Run,
        documented: set(
            &["rfc5991"],
            Documented,
            "RFC 5991, and the Windows concept page from Vista on",
        ),
        observed: unseen(&["rfc5991"]),
        adversarial: set(&["rfc5991", "rfc4380"], Documented, "RFC 4380 and its update RFC 5991"),
        wine: set(&["rfc5991"], Chosen, "Wine has no Teredo client; as under `documented`"),
    },
    OptionSpec {
        id: OptionId::SymmetricNat,
        name: "symmetric-nat",
        covers: &["TA-16", "TA-19"],
        question: "Can the Teredo client qualify behind a symmetric NAT?",
        values: &[value("offline", "no: it goes off-line"), value("usable", "yes")],
        per: Scope::Run,
        documented: set(&["offline"], Documented, "RFC 4380"),
        observed: unseen(&["offline"]),
        adversarial: set(&["offline", "usable"], Documented, "RFC 4380 and its extension RFC 6081"),
        wine: set(&["offline"], Chosen, "Wine has no Teredo client; as under `documented`"),
    },
    OptionSpec {
        id: OptionId::TeredoQuery,
        name: "teredo-query",
        covers: &["GT-01", "GT-02"],
        question: "Does GetTeredoPort work?",
        values: &[
            value("works", "as the pages say"),
            value(
                "not-supported",
                "it always returns ERROR_NOT_SUPPORTED (50) or STATUS_NOT_SUPPORTED",
            ),
        ],
        per: Scope::Run,
        documented: set(&["works"], Documented, "the page of GetTeredoPort"),
        observed: set(
            &["works"],
            Chosen,
            "obs 30: no report of any answer was found; as under `documented`",
        ),
        adversarial: set(&["works"], Documented, "the page of GetTeredoPort"),
        wine: set(
            &["not-supported"],
            Chosen,
            "Wine's iphlpapi.spec does not export the function, so a program that imports it stops there; the code \
             is our stand-in",
        ),
    },
];

/// Every option, at the position of its [`OptionId`].
pub static OPTIONS: &[OptionSpec] = &{
    let mut all = [NOTIFICATIONS[0]; NOTIFICATIONS.len() + QUERIES.len()];
    let mut n = 0;
    while n < all.len() {
        all[n] = if n < NOTIFICATIONS.len() {
            NOTIFICATIONS[n]
        } else {
            QUERIES[n - NOTIFICATIONS.len()]
        };
        n += 1;
    }
    all
};

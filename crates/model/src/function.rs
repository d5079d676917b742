//! The functions of the API: what each is, since when it exists, and who may call it.

mod markdown;

use std::fmt;

pub use self::markdown::markdown;
use crate::row::RowType;
use crate::status::Flavour;
use crate::windows::Windows;

/// What kind of call a function is: which parameters it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A registration with a callback.
    Notify,
    /// A request whose overlapped structure is signalled once.
    Overlapped,
    /// CancelMibChangeNotify2 and CancelIPChangeNotify.
    Cancel,
    /// GetTeredoPort.
    Port,
    /// One row, in, out or both.
    Row(RowType),
    /// A table of rows, which the caller frees.
    Table(RowType),
    /// FreeMibTable.
    Free,
    /// GetBestRoute2.
    BestRoute,
    /// GetBestInterface and GetBestInterfaceEx.
    BestInterface,
    /// A connectivity hint.
    Hint,
    /// One value into another.
    Convert,
    /// GetAdaptersAddresses and GetAdaptersInfo: a list in a buffer of the caller's.
    Adapters,
    /// GetNumberOfInterfaces.
    Number,
}

/// The highest interrupt request level at which a driver may call a function (facts 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MostIrql {
    /// PASSIVE_LEVEL only.
    Passive,
    /// Below DISPATCH_LEVEL.
    BelowDispatch,
    /// Not for drivers at all: the function is one of iphlpapi.h. (That the functions of netioapi.h
    /// without a driver page are for drivers too is derived from their build-number requirements.)
    UserOnly,
}

/// Everything that is known of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionSpec {
    /// Microsoft's name.
    pub name: &'static str,
    /// What kind of call it is.
    pub shape: Shape,
    /// The first Windows that has it.
    pub since: Windows,
    /// At which levels a driver may call it.
    pub irql: MostIrql,
    /// Whether a user-mode caller has to be an elevated administrator.
    pub elevated: bool,
}

macro_rules! functions {
    ($($(#[$meta:meta])* $variant:ident $name:literal $shape:expr, $since:ident $irql:ident $($elevated:ident)?;)*) => {
        /// A function of the API, as traces, call logs and faults name it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        pub enum Function { $(#[doc = concat!($name, ".")] $(#[$meta])* $variant,)* }

        impl Function {
            /// Every function.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// Everything that is known of it.
            #[must_use]
            pub const fn spec(self) -> FunctionSpec {
                match self {$(
                    Self::$variant => FunctionSpec {
                        name: $name,
                        shape: $shape,
                        since: Windows::$since,
                        irql: MostIrql::$irql,
                        elevated: functions!(@elevated $($elevated)?),
                    },
                )*}
            }
        }
    };
    (@elevated elevated) => { true };
    (@elevated) => { false };
}

use Shape::{
    Adapters, BestInterface, BestRoute, Cancel, Convert, Free, Hint, Notify, Number, Overlapped,
    Port, Row, Table,
};

functions! {
    NotifyTeredoPortChange "NotifyTeredoPortChange" Notify, VISTA BelowDispatch;
    NotifyIpInterfaceChange "NotifyIpInterfaceChange" Notify, VISTA BelowDispatch;
    NotifyUnicastIpAddressChange "NotifyUnicastIpAddressChange" Notify, VISTA BelowDispatch;
    NotifyRouteChange2 "NotifyRouteChange2" Notify, VISTA BelowDispatch;
    NotifyStableUnicastIpAddressTable "NotifyStableUnicastIpAddressTable" Notify, VISTA BelowDispatch;
    NotifyNetworkConnectivityHintChange "NotifyNetworkConnectivityHintChange" Notify, V10_2004 BelowDispatch;
    CancelMibChangeNotify2 "CancelMibChangeNotify2" Cancel, VISTA Passive;
    NotifyAddrChange "NotifyAddrChange" Overlapped, VISTA UserOnly;
    NotifyRouteChange "NotifyRouteChange" Overlapped, VISTA UserOnly;
    #[cfg_attr(feature = "serde", serde(rename = "cancel_ip_change_notify"))]
    CancelIpChangeNotify "CancelIPChangeNotify" Cancel, VISTA UserOnly;
    GetTeredoPort "GetTeredoPort" Port, VISTA BelowDispatch;
    GetIpInterfaceEntry "GetIpInterfaceEntry" Row(RowType::IpInterface), VISTA BelowDispatch;
    GetIpInterfaceTable "GetIpInterfaceTable" Table(RowType::IpInterface), VISTA BelowDispatch;
    SetIpInterfaceEntry "SetIpInterfaceEntry" Row(RowType::IpInterface), VISTA BelowDispatch elevated;
    InitializeIpInterfaceEntry "InitializeIpInterfaceEntry" Row(RowType::IpInterface), VISTA BelowDispatch;
    GetIfEntry2 "GetIfEntry2" Row(RowType::If), VISTA BelowDispatch;
    GetIfEntry2Ex "GetIfEntry2Ex" Row(RowType::If), V10_1703 BelowDispatch;
    GetIfTable2 "GetIfTable2" Table(RowType::If), VISTA BelowDispatch;
    GetIfTable2Ex "GetIfTable2Ex" Table(RowType::If), VISTA BelowDispatch;
    GetIfStackTable "GetIfStackTable" Table(RowType::IfStack), VISTA BelowDispatch;
    GetInvertedIfStackTable "GetInvertedIfStackTable" Table(RowType::InvertedIfStack), VISTA BelowDispatch;
    FreeMibTable "FreeMibTable" Free, VISTA BelowDispatch;
    GetUnicastIpAddressEntry "GetUnicastIpAddressEntry" Row(RowType::Unicast), VISTA BelowDispatch;
    GetUnicastIpAddressTable "GetUnicastIpAddressTable" Table(RowType::Unicast), VISTA BelowDispatch;
    CreateUnicastIpAddressEntry "CreateUnicastIpAddressEntry" Row(RowType::Unicast), VISTA BelowDispatch elevated;
    SetUnicastIpAddressEntry "SetUnicastIpAddressEntry" Row(RowType::Unicast), VISTA BelowDispatch elevated;
    DeleteUnicastIpAddressEntry "DeleteUnicastIpAddressEntry" Row(RowType::Unicast), VISTA BelowDispatch elevated;
    InitializeUnicastIpAddressEntry "InitializeUnicastIpAddressEntry" Row(RowType::Unicast), VISTA BelowDispatch;
    GetAnycastIpAddressEntry "GetAnycastIpAddressEntry" Row(RowType::Anycast), VISTA BelowDispatch;
    GetAnycastIpAddressTable "GetAnycastIpAddressTable" Table(RowType::Anycast), VISTA BelowDispatch;
    CreateAnycastIpAddressEntry "CreateAnycastIpAddressEntry" Row(RowType::Anycast), VISTA BelowDispatch elevated;
    DeleteAnycastIpAddressEntry "DeleteAnycastIpAddressEntry" Row(RowType::Anycast), VISTA BelowDispatch elevated;
    GetMulticastIpAddressEntry "GetMulticastIpAddressEntry" Row(RowType::Multicast), VISTA BelowDispatch;
    GetMulticastIpAddressTable "GetMulticastIpAddressTable" Table(RowType::Multicast), VISTA BelowDispatch;
    GetIpForwardEntry2 "GetIpForwardEntry2" Row(RowType::Forward), VISTA BelowDispatch;
    GetIpForwardTable2 "GetIpForwardTable2" Table(RowType::Forward), VISTA BelowDispatch;
    CreateIpForwardEntry2 "CreateIpForwardEntry2" Row(RowType::Forward), VISTA BelowDispatch elevated;
    SetIpForwardEntry2 "SetIpForwardEntry2" Row(RowType::Forward), VISTA BelowDispatch elevated;
    DeleteIpForwardEntry2 "DeleteIpForwardEntry2" Row(RowType::Forward), VISTA BelowDispatch elevated;
    InitializeIpForwardEntry "InitializeIpForwardEntry" Row(RowType::Forward), VISTA BelowDispatch;
    GetBestRoute2 "GetBestRoute2" BestRoute, VISTA BelowDispatch;
    GetBestInterface "GetBestInterface" BestInterface, VISTA UserOnly;
    GetBestInterfaceEx "GetBestInterfaceEx" BestInterface, VISTA UserOnly;
    GetIpNetEntry2 "GetIpNetEntry2" Row(RowType::Neighbour), VISTA BelowDispatch;
    GetIpNetTable2 "GetIpNetTable2" Table(RowType::Neighbour), VISTA BelowDispatch;
    CreateIpNetEntry2 "CreateIpNetEntry2" Row(RowType::Neighbour), VISTA BelowDispatch elevated;
    SetIpNetEntry2 "SetIpNetEntry2" Row(RowType::Neighbour), VISTA BelowDispatch elevated;
    DeleteIpNetEntry2 "DeleteIpNetEntry2" Row(RowType::Neighbour), VISTA BelowDispatch elevated;
    GetNetworkConnectivityHint "GetNetworkConnectivityHint" Hint, V10_2004 BelowDispatch;
    GetNetworkConnectivityHintForInterface "GetNetworkConnectivityHintForInterface" Hint, V10_2004 BelowDispatch;
    ConvertInterfaceAliasToLuid "ConvertInterfaceAliasToLuid" Convert, VISTA Passive;
    ConvertInterfaceGuidToLuid "ConvertInterfaceGuidToLuid" Convert, VISTA Passive;
    ConvertInterfaceIndexToLuid "ConvertInterfaceIndexToLuid" Convert, VISTA Passive;
    ConvertInterfaceLuidToAlias "ConvertInterfaceLuidToAlias" Convert, VISTA Passive;
    ConvertInterfaceLuidToGuid "ConvertInterfaceLuidToGuid" Convert, VISTA Passive;
    ConvertInterfaceLuidToIndex "ConvertInterfaceLuidToIndex" Convert, VISTA Passive;
    ConvertInterfaceLuidToNameA "ConvertInterfaceLuidToNameA" Convert, VISTA Passive;
    ConvertInterfaceLuidToNameW "ConvertInterfaceLuidToNameW" Convert, VISTA Passive;
    ConvertInterfaceNameToLuidA "ConvertInterfaceNameToLuidA" Convert, VISTA Passive;
    ConvertInterfaceNameToLuidW "ConvertInterfaceNameToLuidW" Convert, VISTA Passive;
    IfIndextoname "if_indextoname" Convert, VISTA Passive;
    IfNametoindex "if_nametoindex" Convert, VISTA Passive;
    ConvertIpv4MaskToLength "ConvertIpv4MaskToLength" Convert, VISTA Passive;
    ConvertLengthToIpv4Mask "ConvertLengthToIpv4Mask" Convert, VISTA Passive;
    GetAdaptersAddresses "GetAdaptersAddresses" Adapters, VISTA UserOnly;
    GetAdaptersInfo "GetAdaptersInfo" Adapters, VISTA UserOnly;
    GetNumberOfInterfaces "GetNumberOfInterfaces" Number, VISTA UserOnly;
}

impl Function {
    /// Microsoft's name of the function.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.spec().name
    }

    /// The function of this name, upper and lower case and underscores apart, so that the names of
    /// scenario steps read as well.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bare = |text: &str| text.replace('_', "").to_ascii_lowercase();
        let wanted = bare(text);
        Self::ALL.into_iter().find(|function| bare(function.name()) == wanted)
    }

    /// Whether a machine with this Windows has it for callers of this flavour: what a program finds
    /// out with GetProcAddress, and a driver with MmGetSystemRoutineAddress.
    #[must_use]
    pub fn exists(self, windows: Windows, flavour: Flavour) -> bool {
        let spec = self.spec();
        let for_drivers = spec.irql != MostIrql::UserOnly;
        windows >= spec.since && (for_drivers || flavour == Flavour::User)
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Function;

    #[test]
    fn names_read_back_in_both_spellings() {
        for function in Function::ALL {
            assert_eq!(Function::parse(function.name()), Some(function));
            assert_eq!(Function::parse(&function.name().to_uppercase()), Some(function));
        }
        assert_eq!(Function::parse("get_if_entry2_ex"), Some(Function::GetIfEntry2Ex));
        assert_eq!(Function::parse("get_if_entry3"), None);
    }
}

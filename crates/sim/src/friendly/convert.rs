//! One name of an interface for another.

use std::panic::Location;

use netiosim_model::api::{Call, Output, Value};
use netiosim_model::event::Function;
use netiosim_model::net::{Guid, Luid};

use crate::StackRef;
use crate::error::ApiError;

/// A size that every alias and name of an interface fits into (NDIS_IF_MAX_STRING_SIZE + 1).
const NAME_SIZE: usize = 257;

/// The conversions, each by its own function.
macro_rules! conversions {
    ($($(#[$doc:meta])* $name:ident($input:ident: $ty:ty as $from:ident) -> $variant:ident($output:ty), $function:ident;)*) => {
        impl StackRef {$(
            $(#[$doc])*
            ///
            /// # Errors
            ///
            /// An [`ApiError`] when there is no such interface.
            #[track_caller]
            pub fn $name(&self, $input: $ty) -> Result<$output, ApiError> {
                let call = Call::Convert {
                    function: Function::$function,
                    input: Some(Value::$from($input.to_owned())),
                    pointer: true,
                    length: NAME_SIZE,
                };
                self.ask(&call, Location::caller(), |output| match output {
                    Output::Value(Value::$variant(value)) => Some(value),
                    _ => None,
                })
            }
        )*}
    };
}

conversions! {
    /// The LUID of an alias: ConvertInterfaceAliasToLuid (CV-01).
    luid_of_alias(alias: &str as Text) -> Luid(Luid), ConvertInterfaceAliasToLuid;
    /// The LUID of an index: ConvertInterfaceIndexToLuid (CV-03).
    luid_of_index(index: u32 as Index) -> Luid(Luid), ConvertInterfaceIndexToLuid;
    /// The LUID of a GUID: ConvertInterfaceGuidToLuid (CV-02).
    luid_of_guid(guid: Guid as Guid) -> Luid(Luid), ConvertInterfaceGuidToLuid;
    /// The index of a LUID: ConvertInterfaceLuidToIndex (CV-06).
    index_of(luid: Luid as Luid) -> Index(u32), ConvertInterfaceLuidToIndex;
    /// The GUID of a LUID: ConvertInterfaceLuidToGuid (CV-07).
    guid_of(luid: Luid as Luid) -> Guid(Guid), ConvertInterfaceLuidToGuid;
    /// The alias of a LUID: ConvertInterfaceLuidToAlias (CV-09).
    alias_of(luid: Luid as Luid) -> Text(String), ConvertInterfaceLuidToAlias;
    /// The name of a LUID, such as `ethernet_1`: ConvertInterfaceLuidToNameW (CV-10).
    name_of(luid: Luid as Luid) -> Text(String), ConvertInterfaceLuidToNameW;
}

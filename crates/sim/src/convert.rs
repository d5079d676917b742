//! Conversions, best routes and connectivity hints, with the parameters and codes of their pages.
//!
//! `None` stands for NULL everywhere. What a call that fails resets (a LUID, an index, a GUID to zero)
//! is written as well.

use std::net::Ipv4Addr;
use std::panic::Location;

use netiosim_model::api::{Call, Output, Reply, Value};
use netiosim_model::event::Function;
use netiosim_model::net::{Guid, Luid};
use netiosim_model::row::{ForwardRow, HintRow, SocketAddress};

use crate::StackRef;

/// The size of the buffer that if_indextoname is promised (NDIS_IF_MAX_STRING_SIZE + 1), in bytes.
const NAME_SIZE: usize = 257;

/// A type that a conversion takes or gives.
trait Convertible: Sized {
    fn into_value(self) -> Value;
    fn from_value(value: Value) -> Option<Self>;
}

macro_rules! convertible {
    ($($ty:ident => $variant:ident;)*) => {$(
        impl Convertible for $ty {
            fn into_value(self) -> Value {
                Value::$variant(self)
            }

            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => Some(value),
                    _ => None,
                }
            }
        }
    )*};
}

convertible! {
    Luid => Luid;
    u32 => Index;
    Guid => Guid;
    String => Text;
    Ipv4Addr => Mask;
    u8 => Length;
}

/// The conversions that differ in their names and types alone.
macro_rules! conversions {
    ($($name:ident($input:ty) -> $output:ty, $function:ident;)*) => {
        impl StackRef {$(
            #[doc = concat!(stringify!($function), ", parameters and codes as the page has them.")]
            #[track_caller]
            pub fn $name(&self, input: Option<$input>, output: Option<&mut $output>) -> u32 {
                let input = input.map(|input| Convertible::into_value(input.to_owned()));
                self.convert(Function::$function, input, output, 0, Location::caller()).code
            }
        )*}
    };
}

conversions! {
    convert_interface_alias_to_luid(&str) -> Luid, ConvertInterfaceAliasToLuid;
    convert_interface_guid_to_luid(Guid) -> Luid, ConvertInterfaceGuidToLuid;
    convert_interface_luid_to_guid(Luid) -> Guid, ConvertInterfaceLuidToGuid;
    convert_interface_luid_to_index(Luid) -> u32, ConvertInterfaceLuidToIndex;
    convert_interface_name_to_luid_a(&str) -> Luid, ConvertInterfaceNameToLuidA;
    convert_interface_name_to_luid_w(&str) -> Luid, ConvertInterfaceNameToLuidW;
}

/// The conversions into a text, whose buffer has a length.
macro_rules! texts {
    ($($name:ident $function:ident, $unit:literal;)*) => {
        impl StackRef {$(
            #[doc = concat!(stringify!($function), ", parameters and codes as the page has them; ")]
            #[doc = concat!("`length` is the size of the buffer in ", $unit)]
            /// with the terminator.
            #[track_caller]
            pub fn $name(
                &self,
                luid: Option<Luid>,
                text: Option<&mut String>,
                length: usize,
            ) -> u32 {
                let input = luid.map(Value::Luid);
                self.convert(Function::$function, input, text, length, Location::caller()).code
            }
        )*}
    };
}

texts! {
    convert_interface_luid_to_alias ConvertInterfaceLuidToAlias, "characters,";
    convert_interface_luid_to_name_a ConvertInterfaceLuidToNameA, "bytes,";
    convert_interface_luid_to_name_w ConvertInterfaceLuidToNameW, "characters,";
}

impl StackRef {
    /// ConvertInterfaceIndexToLuid, parameters and codes as the page has them.
    #[track_caller]
    pub fn convert_interface_index_to_luid(&self, index: u32, luid: Option<&mut Luid>) -> u32 {
        let (function, input) = (Function::ConvertInterfaceIndexToLuid, Value::Index(index));
        self.convert(function, Some(input), luid, 0, Location::caller()).code
    }

    /// ConvertIpv4MaskToLength, parameters and codes as the page has them.
    #[track_caller]
    pub fn convert_ipv4_mask_to_length(&self, mask: Ipv4Addr, length: Option<&mut u8>) -> u32 {
        let (function, input) = (Function::ConvertIpv4MaskToLength, Value::Mask(mask));
        self.convert(function, Some(input), length, 0, Location::caller()).code
    }

    /// ConvertLengthToIpv4Mask, parameters and codes as the page has them.
    #[track_caller]
    pub fn convert_length_to_ipv4_mask(&self, length: u32, mask: Option<&mut Ipv4Addr>) -> u32 {
        // Every length that does not fit is as illegal as 255.
        let input = Value::Length(u8::try_from(length).unwrap_or(u8::MAX));
        let function = Function::ConvertLengthToIpv4Mask;
        self.convert(function, Some(input), mask, 0, Location::caller()).code
    }

    /// if_nametoindex: the index, or 0 after a failure (CV-14).
    #[track_caller]
    #[must_use]
    pub fn if_nametoindex(&self, name: Option<&str>) -> u32 {
        let (function, input) =
            (Function::IfNametoindex, name.map(|name| Value::Text(name.into())));
        let mut index = 0;
        // The code of a failure is not for the caller to see.
        let _ = self.convert(function, input, Some(&mut index), 0, Location::caller());
        index
    }

    /// if_indextoname: the name, or `None` for the NULL that it returns after a failure (CV-14).
    /// `name_pointer` is false for a NULL InterfaceName.
    #[track_caller]
    #[must_use]
    pub fn if_indextoname(&self, index: u32, name_pointer: bool) -> Option<String> {
        let (function, input) = (Function::IfIndextoname, Value::Index(index));
        let mut name = String::new();
        let place = name_pointer.then_some(&mut name);
        let reply = self.convert(function, Some(input), place, NAME_SIZE, Location::caller());
        matches!(reply.output, Output::Value(_)).then_some(name)
    }

    /// The answer, whose output is written.
    fn convert<T: Convertible>(
        &self,
        function: Function,
        input: Option<Value>,
        output: Option<&mut T>,
        length: usize,
        at: &'static Location<'static>,
    ) -> Reply {
        let call = Call::Convert { function, input, pointer: output.is_some(), length };
        let reply = self.call_at(&call, at).0;
        if let (Some(output), Output::Value(value)) = (output, &reply.output)
            && let Some(value) = T::from_value(value.clone())
        {
            *output = value;
        }
        reply
    }

    /// GetBestRoute2, parameters and codes as the page has them (BR-01 to BR-09).
    #[track_caller]
    #[expect(clippy::too_many_arguments, reason = "the page has as many")]
    pub fn get_best_route2(
        &self,
        luid: Option<Luid>,
        index: u32,
        source: Option<SocketAddress>,
        destination: Option<SocketAddress>,
        sort_options: u32,
        route: Option<&mut ForwardRow>,
        best_source: Option<&mut SocketAddress>,
    ) -> u32 {
        let call = Call::BestRoute {
            luid,
            index,
            source,
            destination,
            sort_options,
            route_pointer: route.is_some(),
            source_pointer: best_source.is_some(),
        };
        let reply = self.call_at(&call, Location::caller()).0;
        if let Output::BestRoute(best, from) = reply.output {
            if let Some(route) = route {
                *route = *best;
            }
            if let Some(best_source) = best_source {
                *best_source = from;
            }
        }
        reply.code
    }

    /// GetBestInterface, parameters and codes as the page has them (BR-10, BR-11).
    #[track_caller]
    pub fn get_best_interface(&self, destination: Ipv4Addr, index: Option<&mut u32>) -> u32 {
        let (function, to) = (Function::GetBestInterface, SocketAddress::V4(destination));
        self.best_interface_out(function, Some(to), index, Location::caller())
    }

    /// GetBestInterfaceEx, parameters and codes as the page has them (BR-10, BR-11).
    #[track_caller]
    pub fn get_best_interface_ex(
        &self,
        destination: Option<SocketAddress>,
        index: Option<&mut u32>,
    ) -> u32 {
        let function = Function::GetBestInterfaceEx;
        self.best_interface_out(function, destination, index, Location::caller())
    }

    fn best_interface_out(
        &self,
        function: Function,
        destination: Option<SocketAddress>,
        index: Option<&mut u32>,
        at: &'static Location<'static>,
    ) -> u32 {
        let call = Call::BestInterface { function, destination, pointer: index.is_some() };
        let reply = self.call_at(&call, at).0;
        if let (Some(index), Output::Index(best)) = (index, reply.output) {
            *index = best;
        }
        reply.code
    }

    /// GetNetworkConnectivityHint, parameters and codes as the page has them (CH-01).
    #[track_caller]
    pub fn get_network_connectivity_hint(&self, hint: Option<&mut HintRow>) -> u32 {
        self.hint_out(Function::GetNetworkConnectivityHint, 0, hint, Location::caller())
    }

    /// GetNetworkConnectivityHintForInterface, parameters and codes as the page has them (CH-02).
    #[track_caller]
    pub fn get_network_connectivity_hint_for_interface(
        &self,
        index: u32,
        hint: Option<&mut HintRow>,
    ) -> u32 {
        let function = Function::GetNetworkConnectivityHintForInterface;
        self.hint_out(function, index, hint, Location::caller())
    }

    fn hint_out(
        &self,
        function: Function,
        index: u32,
        hint: Option<&mut HintRow>,
        at: &'static Location<'static>,
    ) -> u32 {
        let reply = self.call_at(&Call::Hint { function, index, pointer: hint.is_some() }, at).0;
        if let (Some(hint), Output::Hint(out)) = (hint, reply.output) {
            *hint = out;
        }
        reply.code
    }
}

//! GetAdaptersAddresses, GetAdaptersInfo and GetNumberOfInterfaces: with the parameters and codes of
//! their pages, and with a `Result`.

use std::panic::Location;
use std::sync::Arc;

use netiosim_model::api::adapters::{Adapter, AdapterInfo, Adapters, AdaptersInfo};
use netiosim_model::api::{Call, Output, Reply};
use netiosim_model::event::Function;
use netiosim_model::net::{AF_UNSPEC, Family};

use crate::StackRef;
use crate::error::ApiError;

impl StackRef {
    /// GetAdaptersAddresses (AD-01 to AD-23): the adapters of one family, or of both (AF_UNSPEC), in a
    /// buffer of the caller's.
    ///
    /// `size` is SizePointer, with the size of the buffer in bytes; `buffer` is where AdapterAddresses
    /// points. The buffer holds the list in the words of this crate, and the size is the one that the
    /// structures would take on 64-bit Windows. Reserved is NULL.
    ///
    /// # Examples
    ///
    /// The size is asked for, then the list:
    ///
    /// ```
    /// use netiosim_sim::Stack;
    ///
    /// let stack = Stack::new();
    /// let mut size = 0;
    /// assert_eq!(stack.get_adapters_addresses(0, 0, Some(&mut size), None), 111);
    /// let mut list = None;
    /// assert_eq!(stack.get_adapters_addresses(0, 0, Some(&mut size), Some(&mut list)), 0);
    /// assert_eq!(list.expect("a list").list[0].friendly_name.as_deref(), Some("Ethernet"));
    /// ```
    #[track_caller]
    pub fn get_adapters_addresses(
        &self,
        family: u32,
        flags: u32,
        size: Option<&mut u32>,
        buffer: Option<&mut Option<Arc<Adapters>>>,
    ) -> u32 {
        let function = Function::GetAdaptersAddresses;
        let (code, output) =
            self.fill_buffer(function, family, flags, size, buffer.is_some(), Location::caller());
        if let (Some(buffer), Output::Adapters(adapters)) = (buffer, output) {
            *buffer = Some(adapters);
        }
        code
    }

    /// GetAdaptersInfo (AD-24 to AD-29): the adapters with IPv4, in a buffer of the caller's, as
    /// [`get_adapters_addresses`](Self::get_adapters_addresses) has it.
    #[track_caller]
    pub fn get_adapters_info(
        &self,
        buffer: Option<&mut Option<Arc<AdaptersInfo>>>,
        size: Option<&mut u32>,
    ) -> u32 {
        let function = Function::GetAdaptersInfo;
        let (code, output) =
            self.fill_buffer(function, 0, 0, size, buffer.is_some(), Location::caller());
        if let (Some(buffer), Output::AdaptersInfo(adapters)) = (buffer, output) {
            *buffer = Some(adapters);
        }
        code
    }

    /// GetNumberOfInterfaces (AD-30, AD-31).
    #[track_caller]
    pub fn get_number_of_interfaces(&self, number: Option<&mut u32>) -> u32 {
        let function = Function::GetNumberOfInterfaces;
        let call = Call::Number { function, pointer: number.is_some() };
        let Reply { code, output, .. } = self.call_at(&call, Location::caller()).0;
        if let (Some(number), Output::Number(count)) = (number, output) {
            *number = count;
        }
        code
    }

    /// The adapters of one family, or of both (`None`), with the flags of
    /// [`gaa`](netiosim_model::api::adapters::gaa): GetAdaptersAddresses with a buffer that is big
    /// enough.
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_NO_DATA (232) when there is no adapter of the family, and others.
    ///
    /// # Examples
    ///
    /// ```
    /// use netiosim_sim::Stack;
    /// use netiosim_sim::model::api::adapters::gaa;
    ///
    /// let stack = Stack::new();
    /// let adapters = stack.adapters(None, gaa::INCLUDE_GATEWAYS)?;
    /// let first = &adapters[0];
    /// assert_eq!(first.gateways[0].to_string(), "192.168.1.1");
    /// assert_eq!(first.dns_servers[0].to_string(), "192.168.1.1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn adapters(
        &self,
        family: impl Into<Option<Family>>,
        flags: u32,
    ) -> Result<Vec<Adapter>, ApiError> {
        let family = family.into().map_or(AF_UNSPEC, Family::number);
        let call = Call::adapters_addresses(u32::from(family), flags);
        self.ask(&call, Location::caller(), |output| match output {
            Output::Adapters(adapters) => Some(Arc::unwrap_or_clone(adapters).list),
            _ => None,
        })
    }

    /// The adapters with IPv4: GetAdaptersInfo with a buffer that is big enough.
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_NO_DATA (232) when there is none.
    #[track_caller]
    pub fn adapters_info(&self) -> Result<Vec<AdapterInfo>, ApiError> {
        self.ask(&Call::adapters_info(), Location::caller(), |output| match output {
            Output::AdaptersInfo(adapters) => Some(Arc::unwrap_or_clone(adapters).list),
            _ => None,
        })
    }

    /// How many interfaces there are: GetNumberOfInterfaces.
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: because the test says so.
    #[track_caller]
    pub fn number_of_interfaces(&self) -> Result<u32, ApiError> {
        let function = Function::GetNumberOfInterfaces;
        let call = Call::Number { function, pointer: true };
        self.ask(&call, Location::caller(), |output| match output {
            Output::Number(number) => Some(number),
            _ => None,
        })
    }

    /// Calls a function that writes a list into a buffer, and writes the size that it says.
    fn fill_buffer(
        &self,
        function: Function,
        family: u32,
        flags: u32,
        size: Option<&mut u32>,
        buffer: bool,
        at: &'static Location<'static>,
    ) -> (u32, Output) {
        let given = size.as_deref().copied();
        let call = Call::Adapters { function, family, flags, reserved: false, size: given, buffer };
        let Reply { code, output, .. } = self.call_at(&call, at).0;
        if let (Some(size), Output::Size(needed)) = (size, &output) {
            *size = *needed;
        }
        (code, output)
    }
}

//! The functions that answer at once, with the parameters and codes of their pages: rows and tables.
//!
//! `None` stands for NULL everywhere, and what a call does not write keeps its value.

use std::panic::Location;

use netiosim_model::api::{Call, Output, Reply};
use netiosim_model::event::Function;
use netiosim_model::net::AF_UNSPEC;
use netiosim_model::row::{
    AnycastRow, ForwardRow, IfRow, IpInterfaceRow, MulticastRow, NeighbourRow, Row, UnicastRow,
};
use netiosim_model::status::Flavour;

use crate::StackRef;
use crate::call::Args;
use crate::entry::Entry;
use crate::table::RawTable;

impl Entry<'_> {
    /// Answers a call as the actor that the thread is now.
    pub(crate) fn call(&mut self, call: &Call) -> Reply {
        let actor = self.me.actor;
        let log = self.log(actor, call.function(), |_| Args::of(call));
        // What was handed out can be given back to the very end.
        let freed = matches!(call, Call::Free(_)) && self.closing;
        let reply = match self.refused().filter(|_| !freed) {
            Some(status) => {
                let code = self.machine.code(actor, status);
                Reply { status, code, output: Output::Nothing }
            }
            None => {
                let (machine, chooser) = self.parts();
                machine.call(actor, call, chooser)
            }
        };
        self.log_end(log, reply.code, None, None);
        self.log_output(log, &reply.output);
        reply
    }
}

impl StackRef {
    /// Any function that answers at once, with its parameters as the caller gives them: what all the
    /// methods of their names come down to.
    ///
    /// # Examples
    ///
    /// ```
    /// use netiosim_sim::model::api::{Call, Output};
    /// use netiosim_sim::model::event::Function;
    /// use netiosim_sim::model::net::Luid;
    /// use netiosim_sim::model::row::UnicastRow;
    /// use netiosim_sim::Stack;
    ///
    /// let stack = Stack::new();
    /// let row = UnicastRow { luid: Luid(77), ..UnicastRow::default() };
    /// let reply = stack.call(&Call::row(Function::GetUnicastIpAddressEntry, row));
    /// assert_eq!((reply.code, reply.output), (87, Output::Nothing), "a row without an address");
    /// ```
    #[track_caller]
    pub fn call(&self, call: &Call) -> Reply {
        self.call_at(call, Location::caller()).0
    }

    /// The answer, and the flavour of the caller.
    pub(crate) fn call_at(&self, call: &Call, at: &'static Location<'static>) -> (Reply, Flavour) {
        let mut entry = self.enter(at);
        let flavour = entry.machine.flavour(entry.me.actor);
        (entry.call(call), flavour)
    }

    /// Whether the calling thread has this function, on this Windows and in its flavour: what
    /// GetProcAddress, or MmGetSystemRoutineAddress, would tell it. To call one that it does not have
    /// is a finding (N023) and answers ERROR_PROC_NOT_FOUND (127).
    #[must_use]
    pub fn has_function(&self, function: Function) -> bool {
        let entry = Entry::new(&self.inner);
        entry.machine.exists(entry.me.actor, function)
    }

    fn row_in_out<R>(
        &self,
        function: Function,
        level: i32,
        row: Option<&mut R>,
        at: &'static Location<'static>,
    ) -> u32
    where
        R: Clone + Into<Row> + TryFrom<Row>,
    {
        let given = row.as_deref().cloned().map(Into::into);
        let reply = self.call_at(&Call::Row { function, level, row: given }, at).0;
        if let (Some(row), Output::Row(out)) = (row, reply.output)
            && let Ok(out) = R::try_from(out)
        {
            *row = out;
        }
        reply.code
    }

    fn row_in<R: Clone + Into<Row>>(
        &self,
        function: Function,
        row: Option<&R>,
        at: &'static Location<'static>,
    ) -> u32 {
        let row = row.cloned().map(Into::into);
        self.call_at(&Call::Row { function, level: 0, row }, at).0.code
    }

    fn table_out(
        &self,
        function: Function,
        family: u16,
        level: i32,
        table: Option<&mut RawTable>,
        at: &'static Location<'static>,
    ) -> u32 {
        let call = Call::Table { function, family, level, pointer: table.is_some() };
        let reply = self.call_at(&call, at).0;
        if let (Some(table), Output::Table(out)) = (table, reply.output) {
            *table = Some(out);
        }
        reply.code
    }

    /// GetIfEntry2Ex, parameters and codes as the page has them; Level is a MIB_IF_ENTRY_LEVEL.
    #[track_caller]
    pub fn get_if_entry2_ex(&self, level: i32, row: Option<&mut IfRow>) -> u32 {
        self.row_in_out(Function::GetIfEntry2Ex, level, row, Location::caller())
    }

    /// GetIfTable2Ex, parameters and codes as the page has them; Level is a MIB_IF_TABLE_LEVEL.
    #[track_caller]
    pub fn get_if_table2_ex(&self, level: i32, table: Option<&mut RawTable>) -> u32 {
        self.table_out(Function::GetIfTable2Ex, AF_UNSPEC, level, table, Location::caller())
    }
}

/// The functions that differ in their names and rows alone.
macro_rules! plain {
    ($(get $name:ident($row:ident) $function:ident;)*) => {
        impl StackRef {$(
            #[doc = concat!(stringify!($function), ", parameters and codes as the page has them: ")]
            /// the row's keys say what is asked for, and the row is filled in.
            #[track_caller]
            pub fn $name(&self, row: Option<&mut $row>) -> u32 {
                self.row_in_out(Function::$function, 0, row, Location::caller())
            }
        )*}
    };
    ($(set $name:ident($row:ident) $function:ident;)*) => {
        impl StackRef {$(
            #[doc = concat!(stringify!($function), ", parameters and codes as the page has them.")]
            #[track_caller]
            pub fn $name(&self, row: Option<&$row>) -> u32 {
                self.row_in(Function::$function, row, Location::caller())
            }
        )*}
    };
    ($(initialize $name:ident($row:ident) $function:ident;)*) => {
        impl StackRef {$(
            #[doc = concat!(stringify!($function), ", which returns nothing.")]
            #[track_caller]
            pub fn $name(&self, row: Option<&mut $row>) {
                self.row_in_out(Function::$function, 0, row, Location::caller());
            }
        )*}
    };
    ($(table $name:ident $function:ident;)*) => {
        impl StackRef {$(
            #[doc = concat!(stringify!($function), ", parameters and codes as the page has them; ")]
            /// `family` is a Windows number. The table is the caller's to
            /// [free](Self::free_mib_table).
            #[track_caller]
            pub fn $name(&self, family: u16, table: Option<&mut RawTable>) -> u32 {
                self.table_out(Function::$function, family, 0, table, Location::caller())
            }
        )*}
    };
    ($(whole_table $name:ident $function:ident;)*) => {
        impl StackRef {$(
            #[doc = concat!(stringify!($function), ", parameters and codes as the page has them. ")]
            /// The table is the caller's to [free](Self::free_mib_table).
            #[track_caller]
            pub fn $name(&self, table: Option<&mut RawTable>) -> u32 {
                self.table_out(Function::$function, AF_UNSPEC, 0, table, Location::caller())
            }
        )*}
    };
}

plain! {
    get get_ip_interface_entry(IpInterfaceRow) GetIpInterfaceEntry;
    get set_ip_interface_entry(IpInterfaceRow) SetIpInterfaceEntry;
    get get_if_entry2(IfRow) GetIfEntry2;
    get get_unicast_ip_address_entry(UnicastRow) GetUnicastIpAddressEntry;
    get get_anycast_ip_address_entry(AnycastRow) GetAnycastIpAddressEntry;
    get get_multicast_ip_address_entry(MulticastRow) GetMulticastIpAddressEntry;
    get get_ip_forward_entry2(ForwardRow) GetIpForwardEntry2;
    get get_ip_net_entry2(NeighbourRow) GetIpNetEntry2;
}

plain! {
    set create_unicast_ip_address_entry(UnicastRow) CreateUnicastIpAddressEntry;
    set set_unicast_ip_address_entry(UnicastRow) SetUnicastIpAddressEntry;
    set delete_unicast_ip_address_entry(UnicastRow) DeleteUnicastIpAddressEntry;
    set create_anycast_ip_address_entry(AnycastRow) CreateAnycastIpAddressEntry;
    set delete_anycast_ip_address_entry(AnycastRow) DeleteAnycastIpAddressEntry;
    set create_ip_forward_entry2(ForwardRow) CreateIpForwardEntry2;
    set set_ip_forward_entry2(ForwardRow) SetIpForwardEntry2;
    set delete_ip_forward_entry2(ForwardRow) DeleteIpForwardEntry2;
    set create_ip_net_entry2(NeighbourRow) CreateIpNetEntry2;
    set set_ip_net_entry2(NeighbourRow) SetIpNetEntry2;
    set delete_ip_net_entry2(NeighbourRow) DeleteIpNetEntry2;
}

plain! {
    initialize initialize_ip_interface_entry(IpInterfaceRow) InitializeIpInterfaceEntry;
    initialize initialize_unicast_ip_address_entry(UnicastRow) InitializeUnicastIpAddressEntry;
    initialize initialize_ip_forward_entry(ForwardRow) InitializeIpForwardEntry;
}

plain! {
    table get_ip_interface_table GetIpInterfaceTable;
    table get_unicast_ip_address_table GetUnicastIpAddressTable;
    table get_anycast_ip_address_table GetAnycastIpAddressTable;
    table get_multicast_ip_address_table GetMulticastIpAddressTable;
    table get_ip_forward_table2 GetIpForwardTable2;
    table get_ip_net_table2 GetIpNetTable2;
}

plain! {
    whole_table get_if_table2 GetIfTable2;
    whole_table get_if_stack_table GetIfStackTable;
    whole_table get_inverted_if_stack_table GetInvertedIfStackTable;
}

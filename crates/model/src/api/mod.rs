//! The functions of the API that answer at once: queries, changes, conversions.
//!
//! A [`Call`] holds the parameters as the caller gave them, NULL pointers and illegal numbers
//! included; [`Machine::call`](crate::machine::Machine::call) answers it with a [`Reply`]. What each
//! function means is in the files of this module, one file a kind of row; they look at the tables,
//! and what they want changed they say as a [`Change`].

pub mod adapters;
mod address;
mod anycast;
mod best_route;
mod check;
mod convert;
mod forward;
mod hint;
mod if_row;
mod if_stack;
mod ip_interface;
mod multicast;
mod neighbour;
mod unicast;

use std::fmt;
use std::sync::Arc;

use self::adapters::{Adapters, AdaptersInfo};
pub(crate) use self::check::{Checks, Class};
pub use self::convert::{if_name, parse_if_name};
use crate::change::Change;
use crate::choose::Chooser;
use crate::env::Env;
use crate::function::{Function, Shape};
use crate::ids::TableId;
use crate::interface::Interface;
use crate::machine::RowRef;
use crate::net::{Family, Guid, Luid};
use crate::profile::{OptionId, Options};
use crate::row::{ForwardRow, HintRow, Row, RowType, SocketAddress};
use crate::status::{Flavour, Status};

/// One value of a conversion: what a Convert function is given, or gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A NET_LUID.
    Luid(Luid),
    /// A NET_IFINDEX.
    Index(u32),
    /// A GUID.
    Guid(Guid),
    /// An alias or a name.
    Text(String),
    /// An IPv4 mask in network byte order, as it lies in memory: 255.255.255.0.
    Mask(std::net::Ipv4Addr),
    /// A prefix length.
    Length(u8),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Luid(value) => value.0.fmt(f),
            Self::Index(value) => value.fmt(f),
            Self::Guid(value) => value.fmt(f),
            Self::Text(value) => f.write_str(value),
            Self::Mask(value) => value.fmt(f),
            Self::Length(value) => value.fmt(f),
        }
    }
}

/// What FreeMibTable is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Memory {
    /// NULL (O-18).
    Null,
    /// A table that was handed out.
    Table(TableId),
    /// A notification row, which is never the caller's to free (CV-22).
    Row(RowRef),
    /// Something that this API never handed out.
    Garbage,
}

/// A call of a function that answers at once, with its parameters as the caller gave them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// A function with one row: Get, Set, Create, Delete, Initialize.
    Row {
        /// The function; its [`Shape`] says which row type it takes.
        function: Function,
        /// Level, of GetIfEntry2Ex.
        level: i32,
        /// The row; `None` is NULL.
        row: Option<Row>,
    },
    /// A function that hands out a table.
    Table {
        /// The function.
        function: Function,
        /// Family as a Windows number, where the function has one.
        family: u16,
        /// Level, of GetIfTable2Ex.
        level: i32,
        /// Whether there is a place for the table; false is NULL.
        pointer: bool,
    },
    /// FreeMibTable.
    Free(Memory),
    /// GetBestRoute2.
    BestRoute {
        /// InterfaceLuid; `None` is NULL.
        luid: Option<Luid>,
        /// InterfaceIndex; 0 is unspecified.
        index: u32,
        /// SourceAddress; `None` is NULL.
        source: Option<SocketAddress>,
        /// DestinationAddress; `None` is NULL.
        destination: Option<SocketAddress>,
        /// AddressSortOptions, without effect (BR-09).
        sort_options: u32,
        /// Whether there is a place for the route; false is NULL.
        route_pointer: bool,
        /// Whether there is a place for the source address; false is NULL.
        source_pointer: bool,
    },
    /// GetBestInterface and GetBestInterfaceEx.
    BestInterface {
        /// The function.
        function: Function,
        /// The destination; `None` is NULL, which only GetBestInterfaceEx can be given.
        destination: Option<SocketAddress>,
        /// Whether there is a place for the index; false is NULL.
        pointer: bool,
    },
    /// GetNetworkConnectivityHint and GetNetworkConnectivityHintForInterface.
    Hint {
        /// The function.
        function: Function,
        /// InterfaceIndex, of the second.
        index: u32,
        /// Whether there is a place for the hint; false is NULL.
        pointer: bool,
    },
    /// A conversion.
    Convert {
        /// The function.
        function: Function,
        /// What is to be converted; `None` is NULL.
        input: Option<Value>,
        /// Whether there is a place for the result; false is NULL.
        pointer: bool,
        /// The size of that place where it holds a text: bytes for the A forms, characters for
        /// the others, the terminator included.
        length: usize,
    },
    /// GetAdaptersAddresses and GetAdaptersInfo. The latter has neither Family nor Flags nor Reserved.
    Adapters {
        /// The function.
        function: Function,
        /// Family, as given: 32 bits wide.
        family: u32,
        /// Flags, as given: [`adapters::gaa`] has their names.
        flags: u32,
        /// Whether Reserved is something else than NULL.
        reserved: bool,
        /// How big the buffer is said to be, in bytes; `None`: the pointer to the size is NULL.
        size: Option<u32>,
        /// Whether there is a buffer; false is NULL.
        buffer: bool,
    },
    /// GetNumberOfInterfaces.
    Number {
        /// The function.
        function: Function,
        /// Whether there is a place for the number; false is NULL.
        pointer: bool,
    },
}

impl Call {
    /// The function that is called.
    #[must_use]
    pub fn function(&self) -> Function {
        match self {
            Self::Row { function, .. }
            | Self::Table { function, .. }
            | Self::BestInterface { function, .. }
            | Self::Hint { function, .. }
            | Self::Convert { function, .. }
            | Self::Adapters { function, .. }
            | Self::Number { function, .. } => *function,
            Self::Free(_) => Function::FreeMibTable,
            Self::BestRoute { .. } => Function::GetBestRoute2,
        }
    }

    /// A call of a function with one row.
    #[must_use]
    pub fn row(function: Function, row: impl Into<Row>) -> Self {
        Self::Row { function, level: 0, row: Some(row.into()) }
    }

    /// A call of a function that hands out a table, for this family.
    #[must_use]
    pub fn table(function: Function, family: u16) -> Self {
        Self::Table { function, family, level: 0, pointer: true }
    }

    /// A call of GetAdaptersAddresses with a buffer that is big enough.
    #[must_use]
    pub fn adapters_addresses(family: u32, flags: u32) -> Self {
        let function = Function::GetAdaptersAddresses;
        Self::Adapters {
            function,
            family,
            flags,
            reserved: false,
            size: Some(u32::MAX),
            buffer: true,
        }
    }

    /// A call of GetAdaptersInfo with a buffer that is big enough.
    #[must_use]
    pub fn adapters_info() -> Self {
        Self::Adapters {
            function: Function::GetAdaptersInfo,
            family: 0,
            flags: 0,
            reserved: false,
            size: Some(u32::MAX),
            buffer: true,
        }
    }
}

/// What a call wrote to where its output parameters point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Output {
    /// Nothing: the variables hold what they held.
    #[default]
    Nothing,
    /// The row, filled in.
    Row(Row),
    /// A table, which the caller has to free.
    Table(TableId),
    /// The route and the source address; zeros after a failure.
    BestRoute(Box<ForwardRow>, SocketAddress),
    /// The index of the best interface.
    Index(u32),
    /// The hint.
    Hint(HintRow),
    /// The result of a conversion; zero after a failure that resets it.
    Value(Value),
    /// The list of GetAdaptersAddresses, in the buffer. The size is left as it was (chosen).
    Adapters(Arc<Adapters>),
    /// The list of GetAdaptersInfo, in the buffer. The size is left as it was (chosen).
    AdaptersInfo(Arc<AdaptersInfo>),
    /// The size that the buffer has to have, in bytes, with ERROR_BUFFER_OVERFLOW; the buffer is left
    /// as it was.
    Size(u32),
    /// How many there are.
    Number(u32),
}

/// What a call answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Reply {
    /// What happened.
    pub status: Status,
    /// The number that the caller sees. Of the functions that return none (Initialize functions,
    /// FreeMibTable) it is 0; of if_nametoindex and if_indextoname it is the status behind their
    /// failure, which the caller does not see.
    pub code: u32,
    /// What it wrote.
    pub output: Output,
}

/// What a function of this module has at hand.
pub(crate) struct Ask<'a> {
    pub(crate) env: &'a Env,
    pub(crate) options: &'a mut Options,
    pub(crate) chooser: &'a mut dyn Chooser,
    pub(crate) flavour: Flavour,
    /// Whether the caller may change things: an elevated administrator, or a driver.
    pub(crate) elevated: bool,
}

/// What a function of this module answers: the status, what it writes, and what it wants changed.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    pub(crate) output: Output,
    /// The rows of the table that it hands out.
    pub(crate) rows: Option<Vec<Row>>,
    /// What changes if all is well.
    pub(crate) change: Option<Change>,
}

impl Answer {
    /// A failure that writes nothing.
    pub(crate) fn fail(status: Status) -> Self {
        Self { status, output: Output::Nothing, rows: None, change: None }
    }

    /// A success that writes this.
    pub(crate) fn output(output: Output) -> Self {
        Self { status: Status::Success, output, rows: None, change: None }
    }

    /// A success that hands out a table; without a row it is a failure with `NotFound`.
    pub(crate) fn rows(rows: Vec<Row>) -> Self {
        if rows.is_empty() {
            return Self::fail(Status::NotFound);
        }
        Self { rows: Some(rows), ..Self::output(Output::Nothing) }
    }

    /// A success that changes something.
    pub(crate) fn change(change: Change) -> Self {
        Self { change: Some(change), ..Self::output(Output::Nothing) }
    }
}

impl Ask<'_> {
    /// The value of an option.
    pub(crate) fn pick(&mut self, option: OptionId) -> &'static str {
        self.options.pick(option, self.chooser)
    }

    /// Whether the caller is a driver.
    pub(crate) fn kernel(&self) -> bool {
        self.flavour == Flavour::Kernel
    }

    /// The interface that LUID and index name: the LUID is looked at first, even if it is garbage;
    /// the index only if the LUID is zero (facts 5, IE-08, IE-09).
    pub(crate) fn interface(&self, luid: Luid, index: u32) -> Option<&Interface> {
        if luid == Luid::UNSPECIFIED {
            self.env.interface_by_index(index)
        } else {
            self.env.interface(luid)
        }
    }

    /// What a getter says when LUID and index name no interface: ERROR_FILE_NOT_FOUND, or by the
    /// option `unknown-luid` ERROR_NOT_FOUND for a LUID; STATUS_NOT_FOUND for drivers either way.
    pub(crate) fn no_interface(&mut self, luid: Luid) -> Status {
        let by_luid = luid != Luid::UNSPECIFIED && !self.kernel();
        if by_luid && self.pick(OptionId::UnknownLuid) == "not-found" {
            Status::NotFound
        } else {
            Status::FileNotFound
        }
    }

    /// What Set and Delete functions say of a row that is not there (option `missing-row`, O-16).
    pub(crate) fn missing_row(&mut self) -> Status {
        match self.pick(OptionId::MissingRow) {
            "file-not-found" => Status::FileNotFound,
            _ => Status::NotFound,
        }
    }

    /// The verdict of the checks by the option `error-priority` (O-13).
    #[allow(clippy::needless_pass_by_value, reason = "after the verdict the checks are done with")]
    pub(crate) fn verdict(&mut self, checks: Checks) -> Result<(), Status> {
        // Only where the two orders differ does the option matter.
        let (first, second) = (checks.verdict(false), checks.verdict(true));
        let differs = first != second;
        let chosen = match differs && self.pick(OptionId::ErrorPriority) == "access-first" {
            true => second,
            false => first,
        };
        chosen.map_or(Ok(()), Err)
    }

    /// The families that a table function's Family asks for: one, or both for AF_UNSPEC; checks that
    /// the number is one of the three and that the stack is there (UT-01 to UT-04 and the like).
    /// AF_UNSPEC is never refused for an absent stack.
    pub(crate) fn families(&self, family: u16, checks: &mut Checks) -> Vec<Family> {
        let families = match Family::from_number(family) {
            Some(family) => vec![family],
            None if family == crate::net::AF_UNSPEC => Family::ALL.to_vec(),
            None => Vec::new(),
        };
        checks.require(Class::Family, !families.is_empty(), Status::InvalidParameter);
        if let [family] = families[..] {
            checks.require(Class::Stack, self.env.family_present(family), Status::NotSupported);
        }
        families
    }
}

/// Answers a call. Who may call, whether the function exists and whether a fault hits it was looked
/// at before.
pub(crate) fn answer(ask: &mut Ask<'_>, call: &Call) -> Answer {
    match call {
        Call::Row { function, level, row } => match function.spec().shape {
            Shape::Row(RowType::IpInterface) => ip_interface::row(ask, *function, row.as_ref()),
            Shape::Row(RowType::If) => if_row::row(ask, *function, *level, row.as_ref()),
            Shape::Row(RowType::Unicast) => unicast::row(ask, *function, row.as_ref()),
            Shape::Row(RowType::Anycast) => anycast::row(ask, *function, row.as_ref()),
            Shape::Row(RowType::Multicast) => multicast::row(ask, row.as_ref()),
            Shape::Row(RowType::Forward) => forward::row(ask, *function, row.as_ref()),
            Shape::Row(RowType::Neighbour) => neighbour::row(ask, *function, row.as_ref()),
            _ => Answer::fail(Status::InvalidParameter),
        },
        Call::Table { function, family, level, pointer } => match function.spec().shape {
            Shape::Table(RowType::IpInterface) => ip_interface::table(ask, *family, *pointer),
            Shape::Table(RowType::If) => if_row::table(ask, *function, *level, *pointer),
            Shape::Table(RowType::IfStack | RowType::InvertedIfStack) => {
                if_stack::table(ask, *function, *pointer)
            }
            Shape::Table(RowType::Unicast) => unicast::table(ask, *family, *pointer),
            Shape::Table(RowType::Anycast) => anycast::table(ask, *family, *pointer),
            Shape::Table(RowType::Multicast) => multicast::table(ask, *family, *pointer),
            Shape::Table(RowType::Forward) => forward::table(ask, *family, *pointer),
            Shape::Table(RowType::Neighbour) => neighbour::table(ask, *family, *pointer),
            _ => Answer::fail(Status::InvalidParameter),
        },
        Call::BestRoute { .. } => best_route::route(ask, call),
        Call::BestInterface { function, destination, pointer } => {
            best_route::interface(ask, *function, *destination, *pointer)
        }
        Call::Hint { function, index, pointer } => hint::hint(ask, *function, *index, *pointer),
        Call::Convert { function, input, pointer, length } => {
            convert::convert(ask, *function, input.as_ref(), *pointer, *length)
        }
        Call::Adapters { function, .. } => match function {
            Function::GetAdaptersInfo => adapters::info(ask, call),
            _ => adapters::addresses(ask, call),
        },
        Call::Number { pointer, .. } => adapters::number(ask, *pointer),
        Call::Free(_) => unreachable!("FreeMibTable is the machine's"),
    }
}

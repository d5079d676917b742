//! Operations that call the API and come to an end at once.

use std::sync::Arc;

use netiosim_model::function::Function;
use netiosim_model::row::RowType;

use crate::adapter::AdapterMember;
use crate::cell::Cell;
use crate::format::Value;

/// An operation on the API that neither registers nor waits.
#[derive(Clone, Debug)]
pub enum ApiOp {
    /// GetTeredoPort.
    TeredoPort {
        /// Whether Port is NULL.
        null: bool,
        /// The code that must come out.
        returns: Option<u32>,
        /// The port that must come out.
        port: Option<Value>,
        /// The variable that receives the port.
        save: Option<usize>,
    },
    /// A function with one row.
    Row(RowOp),
    /// A function that hands out a table.
    Table(TableOp),
    /// Read a member of a row of a table.
    ReadTable {
        /// The table.
        table: TableTarget,
        /// Which row.
        row: WhichRow,
        /// The member, by its name: the type of the rows is that of the table.
        member: Arc<str>,
        /// The value it must have.
        equals: Option<Value>,
        /// The variable that receives it.
        save: Option<usize>,
    },
    /// FreeMibTable.
    Free(TableTarget),
    /// Keep the table of the delivery at hand in a table variable.
    KeepTable(usize),
    /// GetBestRoute2.
    BestRoute(BestRouteOp),
    /// GetBestInterface or GetBestInterfaceEx.
    BestInterface {
        /// The function.
        function: Function,
        /// The destination; `None` is NULL.
        destination: Option<Value>,
        /// Whether the address of the index is NULL.
        null: bool,
        /// The code that must come out.
        returns: Option<u32>,
        /// The alias of the interface that must come out.
        interface: Option<Arc<str>>,
        /// The variable that receives the index.
        save: Option<usize>,
    },
    /// GetNetworkConnectivityHint or GetNetworkConnectivityHintForInterface.
    Hint {
        /// The function.
        function: Function,
        /// The alias whose index is passed.
        interface: Option<Arc<str>>,
        /// The index.
        index: Option<Value>,
        /// Whether the address of the hint is NULL.
        null: bool,
        /// What must come out.
        wanted: Wanted,
    },
    /// A conversion.
    Convert(ConvertOp),
    /// GetAdaptersAddresses or GetAdaptersInfo.
    Adapters(AdaptersOp),
    /// GetNumberOfInterfaces.
    Number {
        /// Whether the address of the number is NULL.
        null: bool,
        /// The code that must come out.
        returns: Option<u32>,
        /// The number that must come out.
        equals: Option<Value>,
        /// The variable that receives it.
        save: Option<usize>,
    },
    /// What GetProcAddress says.
    HasFunction {
        /// The function.
        function: Function,
        /// Whether it must be there.
        present: Option<bool>,
        /// The variable that receives 1 or 0.
        save: Option<usize>,
    },
    /// CancelIPChangeNotify; `None` is NULL.
    CancelOverlapped {
        /// The OVERLAPPED.
        overlapped: Option<usize>,
        /// What must come out.
        returns: Option<bool>,
    },
    /// GetOverlappedResult without a wait.
    OverlappedResult {
        /// The OVERLAPPED.
        overlapped: usize,
        /// The code that must come out.
        returns: Option<u32>,
    },
    /// Read a member of the row at hand.
    ReadRow {
        /// The member, by its name: the type of the row is that of the delivery.
        member: Arc<str>,
        /// The value it must have.
        equals: Option<Value>,
    },
    /// Keep the pointer to the row at hand.
    KeepRow(usize),
    /// Read a member through a kept pointer.
    ReadKeptRow(usize, Arc<str>),
    /// Free the row at hand.
    FreeRow,
}

/// What a call must answer, and where its row goes.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The code that must come out.
    pub returns: Option<u32>,
    /// Members and the values they must have.
    pub expect: Vec<(Cell, Value)>,
    /// Members and the variables that receive them.
    pub save: Vec<(Cell, usize)>,
}

/// A function with one row.
#[derive(Clone, Debug)]
pub struct RowOp {
    /// The function.
    pub function: Function,
    /// The type of its row.
    pub row_type: RowType,
    /// Level, of GetIfEntry2Ex.
    pub level: i32,
    /// Whether the row is NULL.
    pub null: bool,
    /// What the row starts from.
    pub start: RowStart,
    /// The alias whose LUID is filled in, unless a LUID or an index is.
    pub interface: Option<Arc<str>>,
    /// InterfaceLuid.
    pub luid: Option<Value>,
    /// InterfaceIndex.
    pub index: Option<Value>,
    /// Family, of an IP interface row.
    pub family: Option<u16>,
    /// Members and what they are filled with.
    pub cells: Vec<(Cell, Value)>,
    /// The row variable that receives the row.
    pub keep: Option<usize>,
    /// What must come out.
    pub wanted: Wanted,
}

/// What a row starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowStart {
    /// Zeros.
    Zeros,
    /// The row of this function, which initializes.
    Initialized(Function),
    /// The row at hand.
    Lent,
    /// A row variable.
    Kept(usize),
}

/// A function that hands out a table.
#[derive(Clone, Debug)]
pub struct TableOp {
    /// The function.
    pub function: Function,
    /// Family, as a Windows number.
    pub family: u16,
    /// Level, of GetIfTable2Ex.
    pub level: i32,
    /// Whether the address of the table is NULL.
    pub null: bool,
    /// The table variable that receives it.
    pub table: Option<usize>,
    /// The code that must come out.
    pub returns: Option<u32>,
    /// Exactly so many rows.
    pub count: Option<u32>,
    /// At least so many rows.
    pub at_least: Option<u32>,
    /// Rows that must be there.
    pub contains: Vec<Vec<(Cell, Value)>>,
    /// Rows that must not be there.
    pub lacks: Vec<Vec<(Cell, Value)>>,
    /// Whether the step frees it.
    pub free: bool,
}

/// Which memory a step on tables is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableTarget {
    /// A table variable.
    Variable(usize),
    /// The table of the delivery at hand.
    Callback,
    /// NULL.
    Null,
    /// Memory that the API never handed out.
    Garbage,
    /// The row at hand.
    Row,
}

/// Which row of a table is read.
#[derive(Clone, Debug)]
pub enum WhichRow {
    /// The one at this position, from 0.
    At(usize),
    /// The first with these members, by their names.
    Where(Vec<(Arc<str>, Value)>),
}

/// GetBestRoute2.
#[derive(Clone, Debug)]
pub struct BestRouteOp {
    /// The alias whose LUID is passed.
    pub interface: Option<Arc<str>>,
    /// InterfaceLuid.
    pub luid: Option<Value>,
    /// InterfaceIndex.
    pub index: Option<Value>,
    /// SourceAddress.
    pub source: Option<Value>,
    /// DestinationAddress.
    pub destination: Option<Value>,
    /// AddressSortOptions.
    pub sort_options: u32,
    /// Whether the address of the route is NULL.
    pub null_route: bool,
    /// Whether the address of the source address is NULL.
    pub null_source: bool,
    /// The source address that must come out.
    pub source_is: Option<Value>,
    /// The variable that receives the source address.
    pub save_source: Option<usize>,
    /// What must come out.
    pub wanted: Wanted,
}

/// What a conversion is given.
#[derive(Clone, Debug)]
pub enum ConvertInput {
    /// NULL.
    Null,
    /// What names the interface with this alias, as the function takes it.
    Interface(Arc<str>),
    /// A value, read as the function takes it.
    Value(Value),
}

/// A conversion.
#[derive(Clone, Debug)]
pub struct ConvertOp {
    /// The function.
    pub function: Function,
    /// What is converted.
    pub input: ConvertInput,
    /// Whether the address of the result is NULL.
    pub null_output: bool,
    /// The size of the place for a text.
    pub length: usize,
    /// The code that must come out.
    pub returns: Option<u32>,
    /// The result that must come out.
    pub equals: Option<Value>,
    /// The variable that receives the result.
    pub save: Option<usize>,
}

/// GetAdaptersAddresses or GetAdaptersInfo.
#[derive(Clone, Debug)]
pub struct AdaptersOp {
    /// The function.
    pub function: Function,
    /// Family, as a Windows number.
    pub family: u32,
    /// Flags.
    pub flags: u32,
    /// Whether Reserved is not NULL.
    pub reserved: bool,
    /// The size of the buffer; left out: enough.
    pub size: Option<Value>,
    /// Whether the address of the size is NULL.
    pub null_size: bool,
    /// Whether the address of the buffer is NULL.
    pub null_buffer: bool,
    /// The code that must come out.
    pub returns: Option<u32>,
    /// Exactly so many adapters.
    pub count: Option<u32>,
    /// At least so many adapters.
    pub at_least: Option<u32>,
    /// What the first adapter must be like.
    pub first: AdapterPattern,
    /// Adapters that must be there.
    pub contains: Vec<AdapterPattern>,
    /// Adapters that must not be there.
    pub lacks: Vec<AdapterPattern>,
    /// The variable that receives the size after the call.
    pub save_size: Option<usize>,
}

/// Members of an adapter and the values that they must have.
pub type AdapterPattern = Vec<(AdapterMember, Value)>;

impl AdaptersOp {
    /// Whether something is said of the list, so that there has to be one.
    pub(crate) fn expects_list(&self) -> bool {
        self.count.is_some()
            || self.at_least.is_some()
            || !(self.first.is_empty() && self.contains.is_empty())
    }
}

//! What the fault handler saw becomes findings, in ordinary code.

use std::collections::HashSet;
use std::ops::Range;

use netiosim_sim::StackRef;
use netiosim_sim::model::ids::Handle;
use netiosim_sim::model::row::Field;
use netiosim_sim::model::rule::Rule;
use parking_lot::Mutex;

use super::access::{self, Access};
use super::place::{self, ROWS};
use super::record::{self, Record};
use super::rows::Owner;
use super::{member, rows, signal};
use crate::{origin, table};

/// As many places of clients are remembered as told.
const MOST_TOLD: usize = 4096;

/// What was told: stack, registration, member, line. Of a table the line alone.
type Told = (u64, u64, Option<&'static str>, String);

static TOLD: Mutex<Option<HashSet<Told>>> = Mutex::new(None);

/// Whether there is anything to report.
pub(super) fn pending() -> bool {
    record::any()
}

/// Reports what the calling thread did.
pub(super) fn of_thread() {
    place::close_left();
    if record::any() {
        let here = record::thread();
        all(&record::take(|record| record.thread == here));
    }
}

/// Reports what was done to a row while its callback ran, and what the calling thread did.
pub(super) fn of_place(number: usize) {
    place::close_left();
    if record::any() {
        let here = record::thread();
        all(&record::take(|record| record.thread == here || record.place == number));
    }
}

/// Reports what any thread did to memory of a stack; of every stack if none is given.
///
/// What belongs to other stacks is left alone: their tests want to find it told when they look.
pub(super) fn of_stack(uid: Option<u64>) {
    place::close_left();
    if record::any() {
        all(&record::take(|record| {
            let owner = stack_of(record);
            uid.is_none() || owner.is_none_or(|owner| uid == Some(owner.uid()))
        }));
    }
    let lost = record::take_lost();
    if lost > 0 {
        say(&format!(
            "netiosim: {lost} accesses to memory that is gone were too many to be kept\n"
        ));
    }
}

/// The stack whose memory it was, if it still is.
fn stack_of(record: &Record) -> Option<StackRef> {
    let weak = if record.place < ROWS {
        rows::owner(record.place, record.generation)?.stack
    } else {
        table::in_place(record.place, record.generation)?.0
    };
    weak.upgrade()
}

fn all(records: &[Record]) {
    let mut rest: Vec<&Record> = records.iter().collect();
    while let Some(first) = rest.first().copied() {
        let same = |record: &&Record| {
            (record.thread, record.place, record.generation, record.gone)
                == (first.thread, first.place, first.generation, first.gone)
        };
        let (group, others): (Vec<&Record>, Vec<&Record>) = rest.into_iter().partition(same);
        rest = others;
        if first.place < ROWS {
            if let Some(owner) = rows::owner(first.place, first.generation) {
                row(&group, &owner);
            }
        } else {
            for record in group {
                freed_table(record);
            }
        }
    }
}

fn row(group: &[&Record], owner: &Owner) {
    let Some(stack) = owner.stack.upgrade().filter(|stack| !stack.is_closed()) else {
        for record in group {
            nobody(record, "a notification row");
        }
        return;
    };
    if group[0].gone {
        for record in group {
            gone_row(record, owner, &stack);
        }
        return;
    }
    let accesses: Vec<(usize, Access)> =
        group.iter().map(|record| (record.doing.instruction, Access::of(record))).collect();
    // What lies before the guard page is read without a fault.
    let whole = owner.start + first_beyond(owner)..owner.start + owner.size;
    let mut n = 0;
    while n < group.len() {
        match copied(group[n], &accesses[n..], &whole) {
            Some(count) => {
                note_copy(group[n], owner, &stack);
                n += count;
            }
            None => {
                beyond_keys(group[n], &accesses[n].1, owner, &stack);
                n += 1;
            }
        }
    }
}

/// How many accesses from the first are one copy of the whole row.
fn copied(first: &Record, accesses: &[(usize, Access)], whole: &Range<usize>) -> Option<usize> {
    if first.doing.writes {
        return None;
    }
    if let Some(count) = access::whole_copy(accesses, whole) {
        return Some(count);
    }
    if signal::can_step() {
        return None;
    }
    // Only the first access is seen. A copy begins at the guard, or just before, with a word: of what lies there only
    // InterfaceIdentifier is as large.
    let (instruction, first) = accesses.first()?;
    let word = first.moves && first.bytes.len() >= 8 && first.bytes.start <= whole.start;
    let copies = || {
        let name = origin::symbol(*instruction).unwrap_or_default();
        ["memcpy", "memmove"].iter().any(|part| name.contains(part))
    };
    (word || copies()).then_some(1)
}

fn note_copy(record: &Record, owner: &Owner, stack: &StackRef) {
    let (site, line) = site(record);
    if !first_time((stack.uid(), owner.row.handle.0, None, line)) {
        return;
    }
    let name = name_of(stack, owner.row.handle);
    let keys = keys(owner);
    origin::place(site);
    stack.note(format!("a row of \"{name}\" was copied as a whole; the copy's members other than {keys} are not promised"));
}

fn beyond_keys(record: &Record, access: &Access, owner: &Owner, stack: &StackRef) {
    let handle = owner.row.handle;
    let first = access.bytes.start.max(owner.start + first_beyond(owner));
    let address = if access.bytes.contains(&record.address) { first } else { record.address };
    let field = member::at(owner.kind, address.saturating_sub(owner.start));
    let Some(field) = field else { return };
    let (site, line) = site(record);
    if !first_time((stack.uid(), handle.0, Some(field.name()), line)) {
        return;
    }
    let running = stack.inspect(|model| model.lent_row(owner.row).is_some());
    origin::place(site);
    if running && !record.doing.writes {
        let _ = stack.row_read(owner.row, field);
        return;
    }
    let (name, keys) = (name_of(stack, handle), keys(owner));
    let (verb, from) = if record.doing.writes { ("written", "to") } else { ("read", "from") };
    stack.report(
        Rule::RowNonKeyMember,
        Some(handle),
        &format!(
            "{} was {verb} {from} a notification row of \"{name}\", which promises only {keys}",
            field.name()
        ),
    );
}

fn gone_row(record: &Record, owner: &Owner, stack: &StackRef) {
    let handle = owner.row.handle;
    let offset = record.address.saturating_sub(owner.start).min(owner.size - 1);
    let Some(field) = member::at(owner.kind, offset) else { return };
    let (site, line) = site(record);
    if !first_time((stack.uid(), handle.0, None, line)) {
        return;
    }
    origin::place(site);
    if record.doing.writes {
        let name = name_of(stack, handle);
        let message = format!(
            "{} of a row of \"{name}\" was written after the callback that it was lent to had returned",
            field.name()
        );
        stack.report(Rule::RowAfterCallback, Some(handle), &message);
    } else {
        let _ = stack.row_read(owner.row, field);
    }
}

fn freed_table(record: &Record) {
    let Some((stack, id)) = table::in_place(record.place, record.generation) else { return };
    let Some(stack) = stack.upgrade().filter(|stack| !stack.is_closed()) else {
        nobody(record, "a table");
        return;
    };
    let (site, line) = site(record);
    // No registration has the handle 0.
    if first_time((stack.uid(), 0, None, line)) {
        origin::place(site);
        // The model says what it was and where it was freed; rows that are gone are no rows.
        let _ = stack.table_rows(id);
    }
}

/// Says it on standard error, because the stack to tell is gone.
fn nobody(record: &Record, what: &str) {
    let (_, line) = site(record);
    let deed = if record.doing.writes { "written" } else { "read" };
    if first_time((0, 0, None, line.clone())) {
        say(&format!("netiosim: {what} of a stack that is gone was {deed} at {line}\n"));
    }
}

fn say(text: &str) {
    use std::io::Write as _;
    // Nobody is left to be told that this failed.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// The client's part in an access: the instruction itself or, in memcpy and its like, where that was called. As a
/// return address, and as text.
fn site(record: &Record) -> (usize, String) {
    let own = record.doing.instruction + 1;
    let site = match origin::line(own) {
        Some(_) => own,
        None => record.stack.iter().copied().find(|word| is_caller(*word)).unwrap_or(own),
    };
    (site, origin::resolve(site))
}

/// Whether a word on the stack is where a line of a client's called something.
fn is_caller(word: usize) -> bool {
    if word < place::page() || origin::line(word).is_none() {
        return false;
    }
    // SAFETY: it lies behind code that a line is known of, within the same function.
    let before = |n: usize| unsafe { std::ptr::with_exposed_provenance::<u8>(word - n).read() };
    // call rel32, call [rip+disp32], call register; the latter with a prefix as well.
    before(5) == 0xE8
        || (before(6) == 0xFF && before(5) == 0x15)
        || (before(2) == 0xFF && before(1) & 0xF8 == 0xD0)
}

fn first_time(told: Told) -> bool {
    let mut all = TOLD.lock();
    let all = all.get_or_insert_default();
    if all.len() >= MOST_TOLD {
        all.clear();
    }
    all.insert(told)
}

fn name_of(stack: &StackRef, handle: Handle) -> String {
    stack.inspect(|model| {
        model.registration(handle).map_or_else(|| "?".to_owned(), |found| found.name().to_owned())
    })
}

/// The keys of a row, as a text.
fn keys(owner: &Owner) -> String {
    let keys: Vec<&str> =
        Field::all(owner.kind).filter(|field| field.is_key()).map(Field::name).collect();
    match keys.split_last() {
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// How far into a row the guard page begins.
fn first_beyond(owner: &Owner) -> usize {
    place::page() - owner.start % place::page()
}

//! Tables that were handed out: who holds them, and what is remembered of those that are freed.

use crate::bench::Bench;
use netiosim_model::api::{Call, Memory, Output};
use netiosim_model::function::Function;
use netiosim_model::ids::{ActorId, TableId};
use netiosim_model::net::AF_UNSPEC;
use netiosim_model::status::Flavour;

fn table(bench: &mut Bench, place: &str) -> TableId {
    bench.machine.at(bench.main, place);
    let call = Call::table(Function::GetUnicastIpAddressTable, AF_UNSPEC);
    match bench.machine.call(bench.main, &call, &mut bench.chooser).output {
        Output::Table(table) => table,
        other => panic!("no table: {other:?}"),
    }
}

fn free(bench: &mut Bench, actor: ActorId, table: TableId) {
    bench.machine.free_mib_table(actor, Memory::Table(table));
}

#[test]
fn a_table_is_held_until_it_is_freed() {
    let mut bench = Bench::new();
    let main = bench.main;
    assert!(!bench.machine.has_tables());
    let [one, two] = ["a.rs:1", "a.rs:2"].map(|place| table(&mut bench, place));
    let held = |bench: &Bench| {
        let one_by_one = [one, two].map(|table| bench.machine.holds_table(table));
        (one_by_one, bench.machine.has_tables())
    };
    assert_eq!(held(&bench), ([true, true], true));
    free(&mut bench, main, one);
    assert_eq!(held(&bench), ([false, true], true));
    free(&mut bench, main, two);
    assert_eq!(held(&bench), ([false, false], false));
}

#[test]
fn the_next_number_is_no_table_yet() {
    let mut bench = Bench::new();
    let main = bench.main;
    let last = table(&mut bench, "a.rs:1");
    let next = TableId(last.0 + 1);
    assert_eq!(bench.machine.table_rows(main, next), None);
    assert!(bench.rules().is_empty(), "nothing was freed");
    free(&mut bench, main, next);
    assert_eq!(bench.rules(), ["N022"], "no function handed it out");
    assert_eq!(table(&mut bench, "a.rs:2"), next);
}

#[test]
fn nobody_frees_the_table_of_another_process() {
    let mut bench = Bench::new();
    let main = bench.main;
    let helper = bench.machine.process("helper", Flavour::User);
    let stranger = bench.machine.actor("stranger", helper);
    let table = table(&mut bench, "a.rs:1");
    free(&mut bench, stranger, table);
    assert_eq!((bench.rules(), bench.machine.holds_table(table)), (vec!["N022"], true));
    free(&mut bench, main, table);
    assert_eq!((bench.rules(), bench.machine.holds_table(table)), (vec!["N022"], false));
}

#[test]
fn where_each_of_several_tables_was_freed_is_remembered() {
    let mut bench = Bench::new();
    let main = bench.main;
    let tables = ["a.rs:1", "a.rs:2", "a.rs:3"].map(|place| table(&mut bench, place));
    for (n, table) in tables.into_iter().enumerate() {
        bench.machine.at(main, &format!("b.rs:{n}"));
        free(&mut bench, main, table);
    }
    for table in tables {
        free(&mut bench, main, table);
    }
    let messages: Vec<&str> =
        bench.machine.findings().iter().map(|finding| finding.message.as_str()).collect();
    let expected = [1, 2, 3].map(|n| {
        let first = n - 1;
        format!(
            "a table of GetUnicastIpAddressTable, handed out at a.rs:{n} was freed twice, first at \
             b.rs:{first}"
        )
    });
    assert_eq!(messages, expected);
}

//! x
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let t = std::time::Instant::now();
    let r = netiosim_scenario::read::read_scenario(&text, "x");
    eprintln!("read {:?} {}", t.elapsed(), r.is_ok());
    let t = std::time::Instant::now();
    let r = netiosim_scenario::load::scenario_text(&text, "x", std::path::Path::new(""));
    eprintln!("load {:?} {}", t.elapsed(), r.is_ok());
}

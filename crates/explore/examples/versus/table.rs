//! A table of what was measured.

use std::time::Duration;

/// Rows of text under a heading, in columns as wide as they must be.
pub(crate) struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(title: &str, columns: &[&str]) -> Self {
        let head = columns.iter().map(|column| (*column).to_owned()).collect();
        Self { title: title.to_owned(), rows: vec![head] }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, first: [String; N], rest: &[String]) {
        self.rows.push(first.into_iter().chain(rest.iter().cloned()).collect());
    }

    /// Prints it.
    pub(crate) fn print(&self) {
        let columns = self.rows[0].len();
        let width = |at: usize| self.rows.iter().map(|row| row[at].chars().count()).max();
        let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
        println!("\n{}\n", self.title);
        for row in &self.rows {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            println!("  {}", cells.collect::<Vec<_>>().join("   ").trim_end());
        }
        println!();
    }
}

/// A number with its thousands apart.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time in milliseconds.
pub(crate) fn time(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

/// How many in a second.
pub(crate) fn rate(number: u64, time: Duration) -> String {
    count((number as f64 / time.as_secs_f64()) as u64)
}

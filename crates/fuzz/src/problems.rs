//! What holds for every problem that is told of a text.

use netiosim_scenario::problem::Problem;
use netiosim_scenario::read::{self, MOST_PROBLEMS};

/// Holds problems of a text against it: there is one, each has a reason and a place inside the text, and can be shown.
pub(crate) fn hold(problems: &[Problem], file: &str, text: &str) {
    assert!(!problems.is_empty(), "a text is refused for no reason");
    assert!(problems.len() <= MOST_PROBLEMS + 1, "{} problems", problems.len());
    for problem in problems {
        hold_one(problem, file, text);
    }
}

/// The same for a single one.
pub(crate) fn hold_one(problem: &Problem, file: &str, text: &str) {
    assert!(!problem.reason.is_empty(), "a problem without a reason: {problem:?}");
    for color in [false, true] {
        assert!(!problem.render(color).is_empty());
    }
    assert!(problem.to_string().starts_with(file), "{problem} is of another file");
    assert_eq!(problem.file, file);
    let span = problem.span.clone();
    assert!(span.start <= span.end && span.end <= text.len(), "{span:?} of {} bytes", text.len());
    let inside = text.get(span.clone());
    assert!(inside.is_some(), "{span:?} cuts a character");
    if problem.line == 0 {
        // The file as a whole.
        assert_eq!((problem.column, problem.end_line, span), (0, 0, 0..0));
        return;
    }
    let start = (problem.line, problem.column);
    assert_eq!(start, position(text, span.start), "{problem:?}");
    assert_eq!((problem.end_line, problem.end_column), position(text, span.end), "{problem:?}");
    if let Some(found) = read::locate(text, &problem.path) {
        assert!(text.get(found.clone()).is_some(), "{found:?} is not inside");
    }
}

/// Line and column, from 1, counted the slow way.
fn position(text: &str, at: usize) -> (usize, usize) {
    let (mut line, mut column) = (1, 1);
    for (_, character) in text.char_indices().take_while(|(start, _)| *start < at) {
        (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    (line, column)
}

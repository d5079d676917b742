//! Did you mean: the nearest of some known words.

/// The known word that is nearest to `word`, if it is near enough to have been meant.
///
/// Near enough is an edit distance (insert, delete, replace, swap of neighbours) of at most a third of the longer
/// word. The first of equally near words wins.
///
/// # Examples
///
/// ```
/// use netiosim_model::status::nearest;
///
/// assert_eq!(nearest("self-cancle", ["leak", "self-cancel"]), Some("self-cancel"));
/// assert_eq!(nearest("xyzzy", ["leak", "self-cancel"]), None);
/// ```
pub fn nearest(word: &str, among: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    // Longer texts are no misspelt words, and the distance costs the product of both lengths.
    if word.len() > 200 {
        return None;
    }
    let mut best: Option<(usize, &'static str)> = None;
    for known in among {
        let distance = distance(word, known);
        let longer = word.chars().count().max(known.chars().count());
        if distance * 3 <= longer && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, known));
        }
    }
    best.map(|(_, known)| known)
}

/// Optimal string alignment distance.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, &a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &b) in right.iter().enumerate() {
            let replace = last[j] + usize::from(a != b);
            let mut least = replace.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a == right[j - 1] && left[i - 1] == b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn the_distance_counts_edits() {
        for (left, right, edits) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "", 3),
            ("abc", "acb", 1),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
        ] {
            assert_eq!(distance(left, right), edits, "{left} {right}");
            assert_eq!(distance(right, left), edits, "{right} {left}");
        }
    }
}

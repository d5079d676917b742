//! Did you mean …?

/// The candidate that was probably meant by `word`, if one is near enough; the first of several.
///
/// Upper and lower case, `-`, `_` and spaces make no difference; otherwise a third of the letters may
/// be wrong, at least one of two, or one word is the beginning of the other.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted = plain(word);
    if wanted.is_empty() || wanted.len() > 64 {
        return None;
    }
    let allowed = match wanted.len() {
        1 => 0,
        letters => (letters / 3).max(1),
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = plain(candidate);
        let distance = if other.len() > 64 { usize::MAX } else { distance(&wanted, &other) };
        let starts = wanted.len() >= 3
            && other.len() >= 3
            && (other.starts_with(&wanted) || wanted.starts_with(&other));
        let score = if starts { distance.min(allowed) } else { distance };
        if score <= allowed && best.is_none_or(|(least, _)| score < least) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn plain(word: &str) -> Vec<char> {
    let letters = word.chars().filter(|c| !matches!(c, '-' | '_' | ' ' | '$'));
    letters.flat_map(char::to_lowercase).collect()
}

/// The number of letters to insert, delete, replace or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1; b.len() + 1];
        for (j, y) in b.iter().enumerate() {
            let replaced = above[j] + usize::from(x != y);
            row[j + 1] = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let words = ["cancel", "callback", "client_port", "at_ms"];
        assert_eq!(nearest("cancle", words), Some("cancel"));
        assert_eq!(nearest("calback", words), Some("callback"));
        assert_eq!(nearest("clientPort", words), Some("client_port"));
        assert_eq!(nearest("at_mss", words), Some("at_ms"));
        assert_eq!(nearest("zebra", words), None);
        assert_eq!(nearest("", words), None);
    }

    #[test]
    fn distances() {
        let count = |a: &str, b: &str| distance(&plain(a), &plain(b));
        assert_eq!(count("ab", "ba"), 1);
        assert_eq!(count("kitten", "sitting"), 3);
        assert_eq!(count("", "abc"), 3);
    }
}

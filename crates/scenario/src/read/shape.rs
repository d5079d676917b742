//! The shape of a file against its schema: every error that does not hide another.

use std::collections::BTreeMap;
use std::ops::Range;

use jsonc_parser::ast::{Object, Value as Node};
use serde_json::Value as Schema;

use super::MOST_PROBLEMS;
use super::path::{JsonPath, Segment};
use super::tree::{name_span, span};
use crate::format::{Cidr, PhysicalAddress};
use crate::nearest::nearest;
use crate::problem::{Problem, Source};

/// Walks the tree beside the schema.
pub(super) fn check(source: Source<'_>, tree: &Node<'_>, schema: &Schema) -> Vec<Problem> {
    let mut walk = Walk { source, root: schema, path: JsonPath::default(), problems: Vec::new() };
    walk.value(tree, schema);
    walk.problems
}

struct Walk<'a> {
    source: Source<'a>,
    root: &'a Schema,
    path: JsonPath,
    problems: Vec<Problem>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, node: &Node<'_>, schema: &'a Schema) {
        if self.enough() {
            return;
        }
        let schema = self.resolve(schema);
        let null = matches!(node, Node::NullKeyword(_));
        if let Some(choices) = schema["anyOf"].as_array() {
            let is_null = |choice: &&Schema| choice["type"] == "null";
            if null && choices.iter().any(|choice| is_null(&choice)) {
                return;
            }
            if let Some(choice) = choices.iter().find(|choice| !is_null(choice)) {
                self.value(node, choice);
            }
            return;
        }
        if let Some(variants) = schema["oneOf"].as_array() {
            if variants.iter().all(|variant| variant["const"].is_string()) {
                self.word(node, variants);
            } else {
                self.variant(node, variants);
            }
            return;
        }
        if !types(schema).contains(&kind(node, schema)) {
            self.wrong_type(node, &wanted(schema));
            return;
        }
        match node {
            Node::Object(object) => self.object(object, schema),
            Node::Array(array) => {
                for (index, element) in array.elements.iter().enumerate() {
                    self.inside(index, element, &schema["items"]);
                }
            }
            Node::NumberLit(number) => self.number(node, number.value, schema),
            Node::StringLit(text) => self.format(node, &text.value, schema),
            _ => {}
        }
    }

    /// One of a closed list of words.
    fn word(&mut self, node: &Node<'_>, variants: &'a [Schema]) {
        let words: Vec<&str> = variants.iter().filter_map(|v| v["const"].as_str()).collect();
        match node {
            Node::StringLit(text) if words.contains(&text.value.as_ref()) => {}
            Node::StringLit(text) => {
                let help = one_of(&text.value, &words, "one of");
                self.tell(span(node), format!("`{}` is not known here", text.value), Some(help));
            }
            _ => self.wrong_type(node, &format!("one of the strings {}", listed(&words))),
        }
    }

    /// One of a closed list of objects with one member.
    fn variant(&mut self, node: &Node<'_>, variants: &'a [Schema]) {
        let payload = |variant: &'a Schema| {
            let members = variant["properties"].as_object()?;
            members.iter().next().map(|(name, schema)| (name.as_str(), schema))
        };
        let all: Vec<(&str, &Schema)> = variants.iter().filter_map(payload).collect();
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        let object = match node {
            Node::Object(object) => object,
            Node::StringLit(text) => {
                let name = nearest(&text.value, names.iter().copied()).unwrap_or(names[0]);
                self.wrong_type(node, "an object with exactly one member");
                self.advise(format!("write {{\"{name}\": {{…}}}}"));
                return;
            }
            _ => return self.wrong_type(node, "an object with exactly one member"),
        };
        self.names(object);
        let [member] = object.properties.as_slice() else {
            let found = match object.properties.len() {
                0 => "none".to_owned(),
                _ => object
                    .properties
                    .iter()
                    .map(|p| format!("`{}`", p.name.as_str()))
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            let at = object.properties.get(1).map_or_else(|| span(node), name_span);
            let reason = format!("expected an object with exactly one member, found {found}");
            return self.tell(at, reason, Some(format!("one of: {}", some_of(&names))));
        };
        let name = member.name.as_str();
        match all.iter().find(|(known, _)| *known == name) {
            Some((_, schema)) => self.inside(name, &member.value, schema),
            None => {
                let help = one_of(name, &names, "one of");
                self.path.0.push(Segment::from(name));
                self.tell(name_span(member), format!("`{name}` is not known here"), Some(help));
                self.path.0.pop();
            }
        }
    }

    fn object(&mut self, object: &Object<'_>, schema: &'a Schema) {
        let names = self.names(object);
        let members = &schema["properties"];
        let known: Vec<&str> =
            members.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let rest = &schema["additionalProperties"];
        let mut meant = Vec::new();
        for member in &object.properties {
            if self.enough() {
                return;
            }
            let name = member.name.as_str();
            if known.contains(&name) {
                self.inside(name, &member.value, &members[name]);
            } else if rest.is_object() {
                self.inside(name, &member.value, rest);
            } else if *rest == Schema::Bool(false) {
                let free = known.iter().copied().filter(|name| !names.contains_key(name));
                let guess = nearest(name, free);
                meant.extend(guess);
                let help = match guess {
                    Some(guess) => format!("did you mean `{guess}`?"),
                    None if known.is_empty() => "write {}".to_owned(),
                    None => format!("known here: {}", known.join(", ")),
                };
                self.path.0.push(Segment::from(name));
                self.tell(name_span(member), format!("unknown member `{name}`"), Some(help));
                self.path.0.pop();
            }
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Schema::as_str) {
            if !names.contains_key(name) && !meant.contains(&name) {
                let start = object.range.start;
                let about = members[name]["description"].as_str().unwrap_or_default();
                let help = (!about.is_empty()).then(|| format!("`{name}`: {about}"));
                self.tell(start..start + 1, format!("the member `{name}` is missing"), help);
            }
        }
    }

    /// The names of the members and their places; tells those that come twice.
    fn names<'o>(&mut self, object: &'o Object<'_>) -> BTreeMap<&'o str, Range<usize>> {
        let mut seen: BTreeMap<&str, Range<usize>> = BTreeMap::new();
        for member in &object.properties {
            let name = member.name.as_str();
            match seen.get(name) {
                None => {
                    seen.insert(name, name_span(member));
                }
                Some(_) if self.enough() => break,
                Some(first) => {
                    let first = Problem::at(self.source, first.clone(), "", "");
                    let help = format!("the first one is in line {}", first.line);
                    self.path.0.push(Segment::from(name));
                    self.tell(
                        name_span(member),
                        format!("the member `{name}` comes twice"),
                        Some(help),
                    );
                    self.path.0.pop();
                }
            }
        }
        seen
    }

    fn number(&mut self, node: &Node<'_>, text: &str, schema: &Schema) {
        let (least, most) = bounds(schema);
        if text.parse::<i128>().is_ok_and(|number| (least..=most).contains(&number)) {
            return;
        }
        if self.path.0 == [Segment::from("version")] {
            self.tell(span(node), format!("version {text} is unknown"), None);
            return self.advise(format!("this program reads version {most}"));
        }
        self.tell(
            span(node),
            format!("{text} is out of range: a whole number from {least} to {most}"),
            None,
        );
    }

    fn format(&mut self, node: &Node<'_>, text: &str, schema: &Schema) {
        let error = match schema["format"].as_str() {
            Some("cidr") => text.parse::<Cidr>().err().map(|error| error.to_string()),
            Some("physical-address") => {
                text.parse::<PhysicalAddress>().err().map(|error| error.to_string())
            }
            Some("ipv4") => text
                .parse::<std::net::Ipv4Addr>()
                .err()
                .map(|_| "not an IPv4 address such as 192.0.2.1".to_owned()),
            Some("ipv6") => text
                .parse::<std::net::Ipv6Addr>()
                .err()
                .map(|_| "not an IPv6 address such as 2001:db8::1".to_owned()),
            Some("ip") => text
                .parse::<std::net::IpAddr>()
                .err()
                .map(|_| "not an IPv4 or IPv6 address".to_owned()),
            _ => None,
        };
        if let Some(error) = error {
            self.tell(span(node), format!("`{text}`: {error}"), None);
        }
    }

    fn wrong_type(&mut self, node: &Node<'_>, wanted: &str) {
        self.tell(span(node), format!("expected {wanted}, found {}", found(node)), None);
        match node {
            Node::NumberLit(number) if wanted == "a string" => {
                self.advise(format!("write it in quotes: \"{}\"", number.value));
            }
            Node::StringLit(text)
                if wanted.contains("number") && text.value.parse::<u64>().is_ok() =>
            {
                self.advise(format!("write it without quotes: {}", text.value));
            }
            Node::StringLit(text) if matches!(text.value.as_ref(), "true" | "false") => {
                self.advise(format!("write it without quotes: {}", text.value));
            }
            Node::Object(_) if wanted == "a list" => {
                self.advise("put it into brackets: [{…}]".to_owned());
            }
            _ => {}
        }
    }

    fn inside(&mut self, segment: impl Into<Segment>, node: &Node<'_>, schema: &'a Schema) {
        self.path.0.push(segment.into());
        self.value(node, schema);
        self.path.0.pop();
    }

    fn tell(&mut self, span: Range<usize>, reason: String, help: Option<String>) {
        let mut problem = Problem::at(self.source, span, self.path.to_string(), reason);
        problem.help = help;
        self.problems.push(problem);
    }

    /// Whether more was found than is told; looking for still more would only cost time.
    fn enough(&self) -> bool {
        self.problems.len() > MOST_PROBLEMS
    }

    /// Adds advice to the problem told last.
    fn advise(&mut self, help: String) {
        if let Some(problem) = self.problems.last_mut() {
            problem.help = Some(help);
        }
    }

    fn resolve(&self, schema: &'a Schema) -> &'a Schema {
        let mut schema = schema;
        while let Some(reference) = schema["$ref"].as_str() {
            let target = reference.strip_prefix('#').and_then(|at| self.root.pointer(at));
            schema = target.expect("a generated schema refers to its own parts");
        }
        schema
    }
}

/// The JSON types that the schema permits.
fn types(schema: &Schema) -> Vec<&str> {
    match &schema["type"] {
        Schema::String(name) => vec![name],
        Schema::Array(names) => names.iter().filter_map(Schema::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The JSON type of a node; a number counts as whole if it is written so.
fn kind(node: &Node<'_>, schema: &Schema) -> &'static str {
    match node {
        Node::StringLit(_) => "string",
        Node::NumberLit(number) if number.value.contains(['.', 'e', 'E']) => "number",
        Node::NumberLit(_) if types(schema).contains(&"number") => "number",
        Node::NumberLit(_) => "integer",
        Node::BooleanLit(_) => "boolean",
        Node::Object(_) => "object",
        Node::Array(_) => "array",
        Node::NullKeyword(_) => "null",
    }
}

fn wanted(schema: &Schema) -> String {
    let words: Vec<&str> = types(schema)
        .into_iter()
        .filter_map(|name| match name {
            "string" => Some("a string"),
            "integer" => Some("a whole number"),
            "number" => Some("a number"),
            "boolean" => Some("true or false"),
            "object" => Some("an object"),
            "array" => Some("a list"),
            _ => None,
        })
        .collect();
    words.join(", or ")
}

fn found(node: &Node<'_>) -> String {
    match node {
        Node::StringLit(_) => "a string".to_owned(),
        Node::NumberLit(number) if number.value.len() <= 24 => {
            format!("the number {}", number.value)
        }
        Node::NumberLit(_) => "a number".to_owned(),
        Node::BooleanLit(boolean) => boolean.value.to_string(),
        Node::Object(_) => "an object".to_owned(),
        Node::Array(_) => "a list".to_owned(),
        Node::NullKeyword(_) => "null".to_owned(),
    }
}

/// The least and the greatest whole number that the schema permits.
fn bounds(schema: &Schema) -> (i128, i128) {
    let most = match schema["format"].as_str() {
        Some("uint8") => i128::from(u8::MAX),
        Some("uint16") => i128::from(u16::MAX),
        Some("uint32") => i128::from(u32::MAX),
        _ => i128::from(u64::MAX),
    };
    let own = |name: &str| schema[name].as_u64().map(i128::from);
    (own("minimum").unwrap_or(0), own("maximum").unwrap_or(most).min(most))
}

fn one_of(word: &str, known: &[&str], lead: &str) -> String {
    match nearest(word, known.iter().copied()) {
        Some(guess) => format!("did you mean `{guess}`?"),
        None => format!("{lead}: {}", some_of(known)),
    }
}

/// The words, or of very many the first.
fn some_of(words: &[&str]) -> String {
    const MOST: usize = 40;
    match words.len().checked_sub(MOST) {
        None | Some(0) => words.join(", "),
        Some(more) => format!("{} and {more} more", words[..MOST].join(", ")),
    }
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

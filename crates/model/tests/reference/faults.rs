//! Faults, as their documentation reads.

/// Whose calls a fault hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    Any,
    Name(String),
    Handle(u64),
}

/// One fault and how many calls it could have hit.
#[derive(Clone, Debug)]
pub(crate) struct Planted {
    pub(crate) function: &'static str,
    pub(crate) aim: Aim,
    pub(crate) nth: Option<u32>,
    pub(crate) until_ms: Option<u64>,
    /// User and kernel.
    pub(crate) code: [u32; 2],
    seen: u32,
}

impl Planted {
    pub(crate) fn new(
        function: &'static str,
        aim: Aim,
        nth: Option<u32>,
        until_ms: Option<u64>,
        code: [u32; 2],
    ) -> Self {
        Self { function, aim, nth, until_ms, code, seen: 0 }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct FaultBook {
    pub(crate) now_ms: u64,
    pub(crate) all: Vec<Planted>,
}

impl FaultBook {
    /// The codes of the fault that hits this call, if one does: the newest one.
    pub(crate) fn hits(
        &mut self,
        function: &str,
        name: Option<&String>,
        handle: Option<u64>,
    ) -> Option<[u32; 2]> {
        let mut answer = None;
        for fault in &mut self.all {
            let aimed = match &fault.aim {
                Aim::Any => true,
                Aim::Name(aim) => name == Some(aim),
                Aim::Handle(aim) => handle == Some(*aim),
            };
            let over = fault.until_ms.is_some_and(|until| until <= self.now_ms);
            if fault.function == function && aimed && !over {
                fault.seen += 1;
                if fault.nth.is_none() || fault.nth == Some(fault.seen) {
                    answer = Some(fault.code);
                }
            }
        }
        answer
    }
}

//! Which bytes an instruction reads: what tells a copy of a whole row from a look at one member.

use std::ops::Range;

use super::record::Record;

/// One access to memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Access {
    /// The bytes, by address; all that a repeated instruction has before it.
    pub(super) bytes: Range<usize>,
    /// Whether the instruction does nothing but move them.
    pub(super) moves: bool,
}

impl Access {
    /// What is known of it without the instruction: one byte.
    fn unknown(record: &Record) -> Self {
        Self { bytes: record.address..record.address + 1, moves: false }
    }

    #[cfg(not(target_arch = "x86_64"))]
    pub(super) fn of(record: &Record) -> Self {
        let _ = record.code();
        Self::unknown(record)
    }

    #[cfg(target_arch = "x86_64")]
    pub(super) fn of(record: &Record) -> Self {
        use iced_x86::{Decoder, DecoderOptions, OpKind, Register};

        let code = record.code();
        let mut decoder =
            Decoder::with_ip(64, code, record.doing.instruction as u64, DecoderOptions::NONE);
        let instruction = decoder.decode();
        if instruction.is_invalid() {
            return Self::unknown(record);
        }
        let value = |register: Register| {
            let number = register as usize;
            let (r, e) = (Register::RAX as usize, Register::EAX as usize);
            if let Some(register) = record.doing.registers.get(number.wrapping_sub(r)) {
                return Some(*register);
            }
            if let Some(register) = record.doing.registers.get(number.wrapping_sub(e)) {
                return Some(*register & 0xFFFF_FFFF);
            }
            // The segments that are not used any more begin at 0.
            matches!(register, Register::CS | Register::DS | Register::ES | Register::SS)
                .then_some(0)
        };
        let size = instruction.memory_size().size().max(1);
        let repeats = instruction.has_rep_prefix() || instruction.has_repne_prefix();
        let times = if repeats { record.doing.registers[1].max(1) as usize } else { 1 };
        let moves = format!("{:?}", instruction.mnemonic()).to_lowercase();
        let moves = moves.starts_with("mov") || moves.starts_with("vmov");
        for operand in 0..instruction.op_count() {
            let memory = matches!(
                instruction.op_kind(operand),
                OpKind::Memory | OpKind::MemorySegRSI | OpKind::MemoryESRDI
            );
            let start = memory
                .then(|| instruction.virtual_address(operand, 0, |register, _, _| value(register)));
            if let Some(start) = start.flatten().and_then(|start| usize::try_from(start).ok()) {
                let bytes = start..start.saturating_add(size.saturating_mul(times));
                if bytes.contains(&record.address) {
                    return Self { bytes, moves };
                }
            }
        }
        Self { moves, ..Self::unknown(record) }
    }
}

/// As far may two instructions of one copy lie apart, in bytes.
const NEAR: usize = 512;
/// What a copy of a row may read twice, it reads in pieces of such sizes: a vector register's.
const LARGE: std::ops::RangeInclusive<usize> = 16..=64;

/// How many accesses, from the first, copy all the bytes of `whole`; `None` if they do not, or do it without the
/// first, which is a look at a member then.
pub(super) fn whole_copy(accesses: &[(usize, Access)], whole: &Range<usize>) -> Option<usize> {
    let (last, count) = copy(accesses, whole)?;
    let small = accesses[0].1.bytes.len() < *LARGE.start();
    let redundant = small && copy(&accesses[1..=last], whole).is_some();
    (!redundant).then_some(count)
}

/// The position of the access that completes a copy, and how many belong to it.
fn copy(accesses: &[(usize, Access)], whole: &Range<usize>) -> Option<(usize, usize)> {
    let mut missing = vec![true; whole.len()];
    let mut before = accesses.first()?.0;
    for (n, (instruction, access)) in accesses.iter().enumerate() {
        if !access.moves || instruction.abs_diff(before) > NEAR {
            return None;
        }
        before = *instruction;
        let from = access.bytes.start.max(whole.start) - whole.start;
        let to = access.bytes.end.min(whole.end).saturating_sub(whole.start);
        if from < to {
            missing[from..to].fill(false);
        }
        if missing.iter().all(|missing| !missing) {
            // A copy in large pieces reads the last ones from the end, in any order; and a repeated
            // instruction has said at once what it is about to read.
            let large =
                accesses[..=n].iter().all(|(_, access)| LARGE.contains(&access.bytes.len()));
            let rest = accesses[n + 1..].iter().take_while(|(next, access)| {
                let again = *next == accesses[0].0 && next != instruction;
                let piece = large && LARGE.contains(&access.bytes.len());
                access.moves && !again && (next == instruction || piece)
            });
            return Some((n, n + 1 + rest.count()));
        }
    }
    None
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::super::context::Doing;
    use super::*;

    fn access(code: &[u8], address: usize, registers: &[(usize, u64)]) -> Access {
        let mut record = Record {
            address,
            doing: Doing { instruction: 0x1000, ..Doing::default() },
            code_length: code.len() as u8,
            ..Record::NEW
        };
        record.code[..code.len()].copy_from_slice(code);
        for (register, value) in registers {
            record.doing.registers[*register] = *value;
        }
        Access::of(&record)
    }

    #[test]
    fn instructions_say_what_they_read() {
        // mov eax, [rdi+0x90]
        let one = access(&[0x8B, 0x87, 0x90, 0, 0, 0], 0x5090, &[(7, 0x5000)]);
        assert_eq!(one, Access { bytes: 0x5090..0x5094, moves: true });
        // vmovdqu ymm0, [rsi]: it begins before the page that faults.
        let two = access(&[0xC5, 0xFE, 0x6F, 0x06], 0x5018, &[(6, 0x5000)]);
        assert_eq!(two, Access { bytes: 0x5000..0x5020, moves: true });
        // rep movsq, 18 to go.
        let three = access(&[0xF3, 0x48, 0xA5], 0x5018, &[(6, 0x5018), (7, 0x9000), (1, 18)]);
        assert_eq!(three, Access { bytes: 0x5018..0x50A8, moves: true });
        // cmp byte ptr [rax+8], 0
        let four = access(&[0x80, 0x78, 0x08, 0x00], 0x5008, &[(0, 0x5000)]);
        assert_eq!(four, Access { bytes: 0x5008..0x5009, moves: false });
        // Half an instruction.
        let five = access(&[0x48, 0x8B], 0x5008, &[]);
        assert_eq!(five, Access { bytes: 0x5008..0x5009, moves: false });
    }

    fn moves(list: &[(usize, Range<usize>)]) -> Vec<(usize, Access)> {
        list.iter().map(|(at, bytes)| (*at, Access { bytes: bytes.clone(), moves: true })).collect()
    }

    #[test]
    fn a_copy_covers_everything_from_one_place() {
        let whole = 24..168;
        let pieces = |size: usize| -> Vec<(usize, Range<usize>)> {
            (24..168).step_by(size).map(|at| (at, at..at + size)).collect()
        };
        assert_eq!(whole_copy(&moves(&pieces(8)), &whole), Some(18));
        assert_eq!(whole_copy(&moves(&pieces(8)[..17]), &whole), None, "one member is left out");
        let mut far = pieces(8);
        far[9].0 += 4096;
        assert_eq!(whole_copy(&moves(&far), &whole), None, "another function");
        // The last pieces overlap the first, and then a member is read.
        let vectors = [
            (1, 0..32),
            (2, 32..64),
            (3, 64..96),
            (4, 96..128),
            (5, 136..168),
            (6, 104..136),
            (7, 72..104),
            (90, 144..148),
        ];
        assert_eq!(whole_copy(&moves(&vectors), &whole), Some(7));
        let twice = [&vectors[..7], &vectors[..7]].concat();
        assert_eq!(whole_copy(&moves(&twice), &whole), Some(7));
        // A member, and then the whole.
        let member = [&[(0, 48..52)], &vectors[..7]].concat();
        assert_eq!(whole_copy(&moves(&member), &whole), None);
        // A loop of words, and then one repeated instruction.
        let mut two: Vec<_> = (24..168).step_by(8).map(|at| (1, at..at + 8)).collect();
        two.extend((24..168).map(|at| (60, at..168)));
        assert_eq!(whole_copy(&moves(&two), &whole), Some(18));
        assert_eq!(whole_copy(&moves(&two[18..]), &whole), Some(144));
        assert_eq!(whole_copy(&moves(&[(1, 144..148)]), &whole), None);
        assert_eq!(whole_copy(&[], &whole), None);
    }
}

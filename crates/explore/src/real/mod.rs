//! Real code: a test that runs again and again, in another order each time.
//!
//! The test is a closure that is handed a stack and uses it as any test does: over the safe functions, over the seam
//! [`NetIo`](netiosim_sim::StackRef), or over the Windows names, bound to the stack. It runs in controlled mode, where one thread
//! runs at a time. **Every call of the API, every tracked lock, channel, signal and barrier is a choice point where another thread may go first,
//! or a delivery may begin; so are the returns of calls, and the entry and the return of callbacks.** Values that the profile
//! leaves open are choices too. What the code does between two such points is not taken apart.
//!
//! Each execution has a fresh stack with equal handle numbers. The first schedule is run twice, the second time with other handle
//! numbers, and so is every schedule that fails: what differs between two runs of one schedule comes from outside (time, hash
//! order, threads of one's own, a `static` that keeps something), and is named.

mod control;
mod difference;
mod driver;
mod execution;
mod exploration;
mod explorer;
mod failure;
mod hanging;
mod witness;

pub use self::difference::Difference;
pub use self::exploration::{Exploration, Verdict};
pub use self::explorer::{Explorer, explore};
pub use self::failure::{Failure, Trouble};

//! From steps to operations.

use std::sync::Arc;

use netiosim_model::machine::{Irql, LockMode};

use super::compile::{Compiler, code, find};
use super::stack::BuildError;
use super::{CancelTarget, Op};
use crate::format::{Cancel, IrqlLevel, Step};

impl<'a> Compiler<'a> {
    pub(super) fn steps(
        &mut self,
        client: usize,
        steps: &'a [Step],
        path: &str,
    ) -> Result<Vec<(Op, Arc<str>)>, BuildError> {
        let mut ops = Vec::new();
        self.sequence(client, steps, path, &mut ops)?;
        Ok(ops)
    }

    fn sequence(
        &mut self,
        client: usize,
        steps: &'a [Step],
        path: &str,
        ops: &mut Vec<(Op, Arc<str>)>,
    ) -> Result<(), BuildError> {
        for (n, step) in steps.iter().enumerate() {
            let path: Arc<str> = format!("{path}[{n}]").into();
            match step {
                Step::When(when) => {
                    let branch = ops.len();
                    ops.push((Op::Jump(0), path.clone()));
                    self.sequence(client, &when.then, &format!("{path}.when.then"), ops)?;
                    let mut end = ops.len();
                    if !when.otherwise.is_empty() {
                        ops.push((Op::Jump(0), path.clone()));
                        end += 1;
                        self.sequence(client, &when.otherwise, &format!("{path}.when.else"), ops)?;
                        ops[end - 1].0 = Op::Jump(ops.len());
                    }
                    let (value, equals) = (when.value.clone(), when.equals.clone());
                    ops[branch].0 = Op::JumpUnless(value, equals, end);
                }
                Step::Repeat(repeat) => {
                    let begin = ops.len();
                    ops.push((Op::LoopBegin(repeat.times, 0), path.clone()));
                    self.sequence(client, &repeat.steps, &format!("{path}.repeat.steps"), ops)?;
                    ops.push((Op::LoopEnd(begin + 1), path.clone()));
                    ops[begin].0 = Op::LoopBegin(repeat.times, ops.len());
                }
                step => {
                    let op = self.step(client, step, &path)?;
                    ops.push((op, path));
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, client: usize, step: &'a Step, path: &Arc<str>) -> Result<Op, BuildError> {
        if let Some(call) = step.registering() {
            return self.register(client, &call, path);
        }
        if let Some(op) = self.api(client, step, path)? {
            return Ok(op);
        }
        Ok(match step {
            Step::Cancel(Cancel { handle, returns }) => Op::Cancel {
                target: match handle.as_str() {
                    "null" => CancelTarget::Null,
                    "garbage" => CancelTarget::Garbage,
                    name => CancelTarget::Registration(self.registration(client, name)),
                },
                returns: code(returns.as_deref(), path)?,
            },
            Step::Lock(lock) => {
                let mode = match lock.mode {
                    crate::format::LockMode::Write => LockMode::Write,
                    crate::format::LockMode::Read => LockMode::Read,
                };
                Op::Lock(find(&self.locks, client, &lock.lock, "lock", path)?, mode)
            }
            Step::Unlock(lock) => Op::Unlock(find(&self.locks, client, &lock.lock, "lock", path)?),
            Step::Construct(step) => Op::Construct(self.object(client, &step.context, path)?),
            Step::Destroy(step) => Op::Destroy(self.object(client, &step.context, path)?),
            Step::UseContext(step) => {
                let context = step.context.as_ref();
                Op::Use(context.map(|name| self.object(client, name, path)).transpose()?)
            }
            Step::Sleep(sleep) => Op::Sleep(sleep.ms),
            Step::Spawn(step) => Op::Spawn(self.thread(client, &step.thread, path)?),
            Step::Join(step) => Op::Join(self.thread(client, &step.thread, path)?),
            Step::Wait(step) => Op::Wait(self.signals.number(client, &step.signal)),
            Step::Signal(step) => Op::Signal(self.signals.number(client, &step.signal)),
            Step::Send(step) => {
                Op::Send(find(&self.channels, client, &step.channel, "channel", path)?)
            }
            Step::Receive(step) => {
                Op::Receive(find(&self.channels, client, &step.channel, "channel", path)?)
            }
            Step::Change(step) => Op::Change(Box::new(step.event.clone())),
            Step::Set(set) => Op::Set(self.variables.number(client, &set.var), set.to.clone()),
            Step::Assert(assert) => Op::Assert(assert.value.clone(), assert.equals.clone()),
            Step::Irql(irql) => Op::Irql(match irql.level {
                IrqlLevel::Passive => Irql::Passive,
                IrqlLevel::Apc => Irql::Apc,
                IrqlLevel::Dispatch => Irql::Dispatch,
            }),
            Step::LoadModule(step) => Op::LoadModule(self.module(client, &step.module, path)?),
            Step::UnloadModule(step) => {
                Op::UnloadModule(self.module(client, &step.module, path)?)
            }
            Step::ExitProcess(_) => Op::ExitProcess,
            Step::Checkpoint(step) => Op::Checkpoint(step.name.as_str().into()),
            _ => unreachable!("branches and loops became jumps; calls were made before"),
        })
    }
}

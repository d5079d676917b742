/* netiosim.h: drives a simulated Windows IP stack from C.
 *
 * A program that was written for netioapi.h needs nothing of this: its functions are answered by the stack. These
 * functions are the hand of the test: they make stacks, let things happen to them, and ask what went wrong. Both
 * shared objects, libiphlpapi and libnetio, export them.
 *
 * A stack is a handle, not memory: NULL and a stack that was destroyed are refused. Texts are UTF-8 and end with a
 * NUL. No function lets anything unwind into its caller. Where a function answers a status, NETIOSIM_STATUS_OK is 0,
 * and netiosim_last_error_text has the words.
 */

#ifndef NETIOSIM_H
#define NETIOSIM_H

/* Generated from crates/win32/src/drive by cbindgen; NETIOSIM_BLESS=1 cargo test -p netiosim-win32 --test header rewrites it. */

#include <stddef.h>
#include <stdint.h>

// What the functions of this header answer. `netiosim_last_error_text` has the words.
typedef enum {
    // It is done.
    NETIOSIM_STATUS_OK = 0,
    // It is done, and there are findings that nobody acknowledged.
    NETIOSIM_STATUS_FINDINGS = 1,
    // An argument is NULL, no stack, or not what is wanted.
    NETIOSIM_STATUS_BAD_ARGUMENT = 2,
    // The simulated machine refuses: there is no such interface, the address is taken, ...; nothing has changed.
    NETIOSIM_STATUS_REFUSED = 3,
    // After as many deliveries as the stack allows (100,000 unless it was made with another limit) there was still
    // something to deliver.
    NETIOSIM_STATUS_NOT_IDLE = 4,
    // The simulator itself failed; this should not happen.
    NETIOSIM_STATUS_INTERNAL = 5,
} netiosim_status;

// A simulated machine. A handle: it is compared and handed in, and points to nothing.
typedef struct netiosim_stack netiosim_stack;

// How a stack is made. Set `size` to `sizeof(netiosim_options)` and everything else to zero, then what is wanted:
// `netiosim_options options = { .size = sizeof options, .teredo_port = 50123 };`
typedef struct {
    // `sizeof(netiosim_options)`: members may come with later versions.
    size_t size;
    // "home" (also for NULL): Ethernet, loopback and a qualified Teredo client; "empty": loopback alone; "many": as
    // many adapters as `adapters` says.
    const char *machine;
    // "documented", "observed", "adversarial" or "wine". NULL: what NETIOSIM_PROFILE says, else "documented".
    const char *profile;
    // "controlled" (also for NULL), "manual" or "threads": on which threads callbacks are called.
    const char *mode;
    // "user" (ERROR_* codes) or "kernel" (NTSTATUS, IRQL rules). NULL: that of the shared object.
    const char *flavour;
    // "abort", "hang" or "error". NULL: what NETIOSIM_ON_DEADLOCK says, else "abort".
    const char *on_deadlock;
    // A version of Windows such as "10 2004", "7" or "19041": it decides which functions exist. NULL: the newest.
    const char *windows;
    // What left-behind things are findings when the stack is destroyed: "tables" (also for NULL), "all" (tables and
    // registrations) or "none".
    const char *leaks;
    // The seed of everything that chance decides. 0: what NETIOSIM_SEED says, else 0.
    uint64_t seed;
    // The number of adapters of the machine "many".
    uint16_t adapters;
    // The port that the Teredo client runs on. 0: the machine's own.
    uint16_t teredo_port;
    // Not 0: the Teredo client is not started.
    uint8_t teredo_off;
    // Not 0: the machine has no IPv6.
    uint8_t no_ipv6;
    // Not 0: the program does not run elevated, so it may change nothing.
    uint8_t not_elevated;
    // Not 0: strict memory (not on Windows): reading a row after its callback, a member that is no key, or a table that
    // was freed is a finding. 0: what NETIOSIM_STRICT says.
    uint8_t strict;
    // How many deliveries one call makes at most, before it says NETIOSIM_STATUS_NOT_IDLE. 0: 100,000.
    uint32_t delivery_limit;
} netiosim_options;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// What went wrong in the calling thread's last call of a netiosim function; "" if nothing did. Never NULL.
//
// The text is good until the thread's next call of a netiosim function; it is UTF-8.
const char *netiosim_last_error_text(void);

// Makes a stack of these options; NULL: a home machine, controlled mode, user flavour.
//
// The handle is written to `*stack`, or NULL if there is none. Destroy it with `netiosim_destroy`.
netiosim_status netiosim_create(const netiosim_options *options, netiosim_stack **stack);

// Ends a stack that `netiosim_create` made: its callbacks are removed and its threads stop. The calling thread is
// unbound from it; other threads may not be bound to it any more.
//
// Answers NETIOSIM_STATUS_FINDINGS when there are findings that nobody acknowledged, leaks among them as the option
// `leaks` says; they are written to the standard error. So a test may end with `return netiosim_destroy(stack);`.
netiosim_status netiosim_destroy(netiosim_stack *stack);

// Binds the calling thread to a stack: from now on, until `netiosim_unbind`, its calls of the Windows functions are
// answered by it. Bindings nest. Callbacks belong to the stack that calls them.
netiosim_status netiosim_bind(netiosim_stack *stack);

// Takes the calling thread's innermost `netiosim_bind` back. NETIOSIM_STATUS_REFUSED if there is none.
netiosim_status netiosim_unbind(void);

// The stack that answers the calling thread's calls: the one that it is bound to, the one whose callback it runs,
// else the default stack. NULL when the thread belongs to no stack while others do (a finding, N024).
netiosim_stack *netiosim_current_stack(void);

// The stack of programs that bind none; it is made when it is first asked for, and reports its findings at the exit
// of the process. It cannot be destroyed. NULL when it cannot be made of what the environment asks for.
netiosim_stack *netiosim_default_stack(void);

// Makes every delivery that can be made now, and those that they cause; time does not go by. In controlled and
// threads mode it waits until the stack's threads have made them. Their number is written to `*deliveries` unless
// that is NULL.
netiosim_status netiosim_run_until_idle(netiosim_stack *stack,
                                        size_t *deliveries);

// Lets virtual time go by, fires every timer on the way, and makes the deliveries that become due, each at its time.
// What was due before is delivered first. Their number is written to `*deliveries` unless that is NULL.
netiosim_status netiosim_advance_ms(netiosim_stack *stack,
                                    uint64_t ms,
                                    size_t *deliveries);

// The virtual time in milliseconds since the stack began, written to `*ms` unless that is NULL.
netiosim_status netiosim_now_ms(netiosim_stack *stack, uint64_t *ms);

// Starts the Teredo client on this port, in host byte order; 0: on a port of its own choice.
netiosim_status netiosim_start_teredo(netiosim_stack *stack, uint16_t port);

// Stops the Teredo client and starts it on this port, in host byte order; 0: on another port than it has.
netiosim_status netiosim_restart_teredo(netiosim_stack *stack,
                                        uint16_t port);

// Stops the Teredo client.
netiosim_status netiosim_stop_teredo(netiosim_stack *stack);

// Lets an application make the Teredo client qualify; it may ask its server first, which takes virtual time.
netiosim_status netiosim_qualify_teredo(netiosim_stack *stack);

// Adds a unicast address such as "10.0.0.5/24" to the interface of this alias; duplicate address detection runs, so
// it is usable a few seconds later.
netiosim_status netiosim_add_address(netiosim_stack *stack,
                                     const char *alias,
                                     const char *address);

// Takes a unicast address such as "10.0.0.5" from an interface.
netiosim_status netiosim_remove_address(netiosim_stack *stack,
                                        const char *alias,
                                        const char *address);

// Adds a route to a prefix such as "10.0.0.0/8" through a next hop such as "192.168.1.1"; NULL: on the link.
netiosim_status netiosim_add_route(netiosim_stack *stack,
                                   const char *alias,
                                   const char *destination,
                                   const char *next_hop);

// Takes a route away.
netiosim_status netiosim_remove_route(netiosim_stack *stack,
                                      const char *alias,
                                      const char *destination,
                                      const char *next_hop);

// Gives an IP interface row another MTU (NlMtu), in bytes. `ip_version` is 4 or 6.
netiosim_status netiosim_set_mtu(netiosim_stack *stack,
                                 const char *alias,
                                 uint32_t ip_version,
                                 uint32_t mtu);

// Gives an IP interface row another metric. `ip_version` is 4 or 6.
netiosim_status netiosim_set_metric(netiosim_stack *stack,
                                    const char *alias,
                                    uint32_t ip_version,
                                    uint32_t metric);

// Plugs the cable of an interface in (not 0) or out (0).
netiosim_status netiosim_set_connected(netiosim_stack *stack, const char *alias, uint8_t connected);

// Adds an Ethernet interface of this alias, with the next free LUID and index, and both families.
netiosim_status netiosim_add_interface(netiosim_stack *stack, const char *alias);

// Takes an interface away for good.
netiosim_status netiosim_remove_interface(netiosim_stack *stack, const char *alias);

// Disables an adapter: its interface goes away with everything on it.
netiosim_status netiosim_disable_interface(netiosim_stack *stack, const char *alias);

// Enables a disabled adapter: the same LUID, and the lowest index that is free.
netiosim_status netiosim_enable_interface(netiosim_stack *stack, const char *alias);

// Restarts the NSI service: every registration dies silently, and its handle is stale.
netiosim_status netiosim_restart_nsi(netiosim_stack *stack);

// Makes the NSI service unreachable (not 0) or reachable (0): registering fails meanwhile.
netiosim_status netiosim_set_nsi_down(netiosim_stack *stack, uint8_t down);

// Sets the calling thread's interrupt request level: 0 PASSIVE_LEVEL, 1 APC_LEVEL, 2 DISPATCH_LEVEL. It matters in
// kernel flavour only.
netiosim_status netiosim_set_irql(netiosim_stack *stack,
                                  uint8_t irql);

// The calling thread's interrupt request level, written to `*irql` unless that is NULL.
netiosim_status netiosim_get_irql(netiosim_stack *stack, uint8_t *irql);

// How many findings of a rule, such as "N001" or "self-cancel", there are so far, acknowledged ones included; NULL:
// of every rule. The number is written to `*count` unless that is NULL.
netiosim_status netiosim_count_findings(netiosim_stack *stack,
                                        const char *rule,
                                        size_t *count);

// The text of the finding with this number, from 0, in the order in which they came: what happened and how it came
// about. Free it with `netiosim_free_text`; NULL when there is none.
char *netiosim_finding_text(netiosim_stack *stack,
                            size_t number);

// The rule of the finding with this number, such as "N001". Free it with `netiosim_free_text`; NULL when there is
// none.
char *netiosim_finding_rule(netiosim_stack *stack,
                            size_t number);

// Acknowledges the findings of a rule so far, so that they do not speak against the program at the end; NULL: of
// every rule. How many there were that nobody had acknowledged is written to `*count` unless that is NULL.
netiosim_status netiosim_acknowledge(netiosim_stack *stack,
                                     const char *rule,
                                     size_t *count);

// Everything that happened so far, one line an event. Free it with `netiosim_free_text`; NULL when there is no such
// stack.
char *netiosim_trace_text(netiosim_stack *stack);

// Puts a line of the test's own into the trace.
netiosim_status netiosim_note(netiosim_stack *stack, const char *note);

// Frees a text that a function of this header handed out. NULL is fine; anything else is refused.
netiosim_status netiosim_free_text(char *text);

// The version, such as "0.1.0". It is not to be freed.
const char *netiosim_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* NETIOSIM_H */

package check

const textLate = `Proves one of four: on some path that does not go round a loop, code changes the object that the hook is asked about (or pauses it,
or takes a lock on it) before the hook is called; or other code there changes state with the very values that the hook is given; or changes other
state, unless it finds or prepares what the hook needs or an object that nobody sees yet; or the entry's
own hook lets the command through as one with a hook of its own (the module answers 0), the dispatcher takes a lock that all callers share, and
only then that hook is asked. No earlier hook of the command covers it, and the hook's arguments do not depend on it.
A denied caller has then had an effect, or has made others wait.

Cannot: see effects on objects that the hook is not given, or in functions without a body. A lock that the look-up of the hook's object needs
is accepted; so is a lock that protects an object which nothing else keeps alive.

Example:
    domain_pause(d);
    rc = xsm_vm_event_control(XSM_PRIV, d, mode, op);    /* the guest stands still, whatever the answer */
Remedy: move the hook up, behind the look-up of its object.`

const textIgnored = `Proves: with the hook's answer 0 and with -EACCES the function does the same and returns the same, on every path: nothing tests the answer,
or a test cannot tell the two apart; or the guarded work runs only when the answer is no; or the answer 0 goes to the variable that held an
error on every way to the hook, and a later way out that does nothing relied on that error and now returns success.

Cannot: judge a denial that is reported in the function's own way (a count of zero, a substitute text): those are accepted.

Example:
    ret = xsm_resource_unplug_pci(XSM_PRIV, sbdf);
    if ( ret == -EAGAIN )                                /* never what a hook says */
        break;
Remedy: if ( ret ) leave.`

const textLeaks = `Proves: after the hook says no, the function returns on some path with a lock, a reference or a pause that it took itself and that it
releases on another path.

Cannot: see pairs that the profile does not name, or a release through a stored pointer.

Example:
    d = rcu_lock_domain_by_any_id(id);
    rc = xsm_hvm_param(XSM_TARGET, d, op);
    if ( rc )
        return rc;                                       /* d stays referenced */
Remedy: goto the label that releases it.`

const textWrong = `Proves: the hook is given one object twice where it takes two and the function has another one at hand; or one number as both ends of a
range; or another domain than the one that the code it guards changes, which no hook of the command is given; or the caller alone, while the
function works on another domain behind it; or, for a check that decides about
a resource of the machine, a number by whose name only the guest knows it (pirq for an interrupt, gfn for a frame: the profile's words); or a
command pauses a domain that may be the caller's own, which the commands beside it exclude.

Cannot: know the meaning of the arguments otherwise; a hook with parameters of one type in the wrong order is not seen.

Example:
    rc = xsm_iomem_permission(XSM_HOOK, d, mfn, mfn, allow);   /* nr frames are mapped */
Remedy: pass both ends, or the object that is acted on.`

const textSiblings = `Proves: the same sub-command has two ways in (native and compat, direct and batched), a hook stands on one and none on the other; or a function
that changes or reads what a hook guards at its other caller is reached without any hook; or one of two ways passes only hooks whose default
action lets everybody through; or one of several functions that make an object in one way asks nobody; or a walk tells the guest about others than
the object that the hook was asked about; or a function takes the owner that it finds in place of the domain that it was told, or tells it to one that
would ask about the two; or a decision about access has two answers, one a hook's and the other nobody's.

Cannot: pair operations that share neither a sub-command's name nor a function.

Example:
    do_grant_table_op/GNTTABOP_query_size asks xsm_grant_query_size, compat_grant_table_op/GNTTABOP_query_size asks nobody.
Remedy: ask on both, or in what they share.`

const textDegraded = `Says: a function or unit that belongs to a hypercall's code could not be read, so nothing is known of it. The run fails closed (exit status 3).

Remedy: see the reason; scan a built tree, or give a compile_commands.json.`

const textUnmediated = `Proves: no hook is called for an operation that a guest reaches, and one or several of these hold (the finding lists which; several make it
more likely): it acts on a domain that the guest chose, looked up here or by a function that looks it up for its caller; an entry-level hook lets it
through as having a hook of its own, or lets through a command of which it is one way, and other ways ask; a declared hook that nothing calls is for
it by its name and parameters; a legacy test for a privilege is its only gate; it works on something of the machine's that the guest names by
numbers, and most commands beside it ask; it works on the domain that was looked up before the dispatch, and a command beside it asks about that
domain; a hook's own code has a case for the command, and the command never gets there; a command looks up a domain that the guest chose and
passes no hook on any way, though its neighbours in the same code do; an object of a kind that has a label is made without one, or freed and the label
kept; a hook that nobody calls is told of an object where it is reset, described or printed.

Cannot: know that an operation is harmless on purpose: accept it with a reason.

Example:
    case EVTCHNOP_status:
        d = rcu_lock_domain_by_any_id(status.dom);       /* any domain */
        status.state = evtchn(d, status.port)->state;    /* nobody was asked */
Remedy: xsmpatch plan shows where the hook goes.`

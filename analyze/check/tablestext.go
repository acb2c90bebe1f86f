package check

const textUnwired = `Proves: one of a hook's places is missing, while the hook is declared: no function that callers could use, no default function, no entry among
the default operations (a module without its own then calls a null pointer), no entry in a module that answers all other hooks itself (it
silently inherits the default's answer), an entry that names another hook's function, or an entry of a module that keeps domains apart and
lets this way of communicating pass. Both table forms are read as text, in every arm of every #ifdef.

Also says: a hook is declared and nothing calls it, and no function or sub-command has a name like it.

Cannot: know that a module leaves a hook to the default on purpose. A module that answers fewer than 60% of the hooks is taken to override
only some; it is compared with its own entries for hooks of the same first word that two domains pass, too.

Example: struct xsm_ops has claim_pages, dummy_ops has no .claim_pages.
Remedy: add the entry; xsmpatch gen writes all places of a hook together.`

const textActions = `Proves: a call of a hook passes a default action other than the one that the default module's function asserts, or passes none, or one too
many. Calls are read as text in every architecture and configuration; a variable as the action is not judged.

Cannot: say which of the two is meant. Where the code is compiled without security modules the difference is a link error; where it never
is (a feature that depends on them) nothing else says so.

Example: xsm_mem_paging(XSM_PRIV, d) where the dummy has XSM_ASSERT_ACTION(XSM_DM_PRIV).
Remedy: make the call and the default say the same.`

const textCase = `Proves: a dispatcher has a sub-command, the sub-command's way through the dispatcher reaches the hook, and the policy module's function behind
that hook switches over the same commands, has no case for it, and answers the rest with an error without asking the policy.

Cannot: see commands that the module handles outside the switch, or families of commands whose names share no start.

Example: do_domctl has XEN_DOMCTL_set_virq_handler; flask_domctl has not, and refuses it to everybody.
Remedy: a case with a permission of the command's class, and the permission in access_vectors.`

const textPermissions = `Proves: the policy module asks an object class for a permission of another class (its bit means another permission there), for one that the class
does not have, or for a class in a permission's place. Constants are followed through variables, helper functions, callbacks and
structures, path by path. In trees that keep the permissions in C headers: a table lacks one that another has.

Notes (low confidence): a permission that no code of the module names.

Cannot: follow values through memory other than fields of the same name, or know whether the permission is the right one of its class.

Example: current_has_perm(d, SECCLASS_DOMAIN, DOMAIN2__SET_VNUMAINFO)
Remedy: give the class that the permission belongs to.`

const textGuards = `Proves: there is a setting of configuration options in which one of a hook's places is compiled and another that needs it, or that should go with
it, is not: the member of the structure, the function that callers use, the entries of the default module and of modules that answer all
hooks, and the functions that those name. Dependencies and selects that Kconfig states are respected.

Cannot: know that a setting is impossible for reasons that Kconfig does not state, or compare conditions on more than 12 options.

Example: get_device_group is declared under CONFIG_HAS_PASSTHROUGH and set in flask_ops under CONFIG_HAS_PCI.
Remedy: the same condition at every place.`

const textUnloadable = `Says (with --base): the change adds a permission, or a class with permissions. A hypervisor refuses a policy that does not define every class and
permission of its own, so each boot policy that was built before stops loading.

Cannot: know which policies are in use.

Example: "maximum_ram_page" is new in class xen2: Flask: permission maximum_ram_page in class xen2 not defined in policy.
Remedy: say so in the change's description; rebuild the policies with the hypervisor.`

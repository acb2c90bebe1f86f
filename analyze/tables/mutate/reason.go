package mutate

import "strings"

// Reason says why the checks cannot see a mutant, as far as the tree tells; "unexplained" when it does not.
func (j *Judge) Reason(m Mutant) string {
	h := j.tabs.Hook(m.Hook)
	switch {
	case h == nil:
		return "unexplained"
	case m.Kind == NoCase && !j.command(m):
		return "what is switched on is no command that a caller passes: nothing says which values there should be"
	case m.Kind == NoCase && j.asks(m.Hook):
		return "the module asks for a permission for every other command too: the command is not refused"
	case m.Kind == NoCase:
		return "on the command's way through its dispatchers the hook is not called: the module never sees it there"
	case m.Kind == OtherAction && !j.called(m.Hook):
		return "no call passes a constant default action to compare with"
	case m.Kind == NoOverride:
		return "no other hook of the family is overridden by the module: nothing says that this one should be"
	}
	return "unexplained"
}

// command reports whether the policy module's switch is over a number that the hook is given.
func (j *Judge) command(m Mutant) bool {
	for _, sw := range j.tabs.Switches(j.tabs.Hook(m.Hook)) {
		for _, l := range sw.Labels {
			if strings.Contains(m.What, l) {
				return !strings.Contains(sw.On, "->") || strings.HasSuffix(sw.On, "->cmd")
			}
		}
	}
	return true
}

// asks reports whether a module's function asks for a permission on the way of a default.
func (j *Judge) asks(hook string) bool {
	for _, o := range j.tabs.Outcomes(j.tabs.Hook(hook)) {
		for _, l := range o.Labels {
			if l.Default && len(o.Asks) > 0 {
				return true
			}
		}
	}
	return false
}

// called reports whether some call passes the hook a constant action.
func (j *Judge) called(hook string) bool {
	for _, c := range j.tabs.Calls() {
		if c.Hook.Name == hook && len(c.Actions) > 0 {
			return true
		}
	}
	return false
}

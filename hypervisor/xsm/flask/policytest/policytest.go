// Package policytest makes policies for tests: it compiles policy.conf texts with
// checkpolicy and writes random ones that use every feature of the language that
// Xen policies can have.
package policytest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/vectors"
)

// SIDs are the names of Xen's initial SIDs in their order, which every policy of
// this package declares.
var SIDs = []string{"xenboot", "xen", "dom0", "domio", "domxen", "unlabeled", "security",
	"ioport", "iomem", "irq", "device", "domU", "domDM"}

// Compile runs checkpolicy in dir on a policy text and returns the binary policy.
// version is 24 or 30.
func Compile(dir, conf string, version int, mls bool, extra ...string) ([]byte, error) {
	src, bin := filepath.Join(dir, "policy.conf"), filepath.Join(dir, "policy.bin")
	if err := os.WriteFile(src, []byte(conf), 0o644); err != nil {
		return nil, err
	}
	args := append([]string{"-t", "Xen", "-c", fmt.Sprint(version), "-o", bin}, extra...)
	if mls {
		args = append(args, "-M")
	}
	var out bytes.Buffer
	cmd := exec.Command("checkpolicy", append(args, src)...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("checkpolicy: %w\n%s", err, out.Bytes())
	}
	return os.ReadFile(bin)
}

// Definitions returns the classes, permissions and initial SIDs of a binary policy.
func Definitions(bin []byte) (*vectors.Definitions, error) {
	p, err := policydb.Read(bin)
	if err != nil {
		return nil, err
	}
	return vectors.FromPolicy(p, SIDs), nil
}

// Small is a policy text without MLS that a person can follow: dom0_t creates and
// controls domU_t, a boolean lets domU_t talk to other domUs, nic_t labels a
// device, guard_t may do nothing that a constraint forbids.
const Small = `
class xen class domain class event class grant class resource class security class domain2
sid xenboot sid xen sid dom0 sid domio sid domxen sid unlabeled sid security
sid ioport sid iomem sid irq sid device sid domU sid domDM
class xen { settime readconsole writeconsole }
class domain { create pause unpause destroy transition getdomaininfo set_target }
class event { bind send status create reset }
class grant { map_read map_write unmap copy }
class resource { use add remove }
class security { check_context compute_av compute_create compute_member compute_relabel load_policy setenforce setbool setsecparam add_ocontext del_ocontext }
class domain2 { relabelfrom relabelto relabelself make_priv_for set_as_target }
attribute domain_type;
attribute event_type;
attribute self_type;
type xen_t; type security_t; type unlabeled_t; type nic_t;
type dom0_t, domain_type;
type domU_t alias guest_t, domain_type;
type domU_self_t, domain_type, self_type;
type guard_t, domain_type;
type free_t, domain_type;
type channel_t, event_type;
permissive free_t;
bool guests_talk false;
allow dom0_t xen_t:xen { settime readconsole writeconsole };
allow dom0_t domain_type:domain { create pause unpause destroy getdomaininfo };
allow dom0_t security_t:security *;
allow dom0_t domain_type:domain2 { relabelfrom relabelto };
allow domU_t guard_t:domain transition;
allow domain_type event_type:event { create send status bind };
allow event_type domain_type:event bind;
allow domU_t nic_t:resource use;
allow guard_t domain_type:grant { map_read map_write };
auditallow dom0_t security_t:security load_policy;
dontaudit domU_t xen_t:xen readconsole;
type_transition domU_t domU_t:domain domU_self_t;
type_transition domain_type domain_type:event channel_t;
if (guests_talk) { allow domU_t domU_t:grant { map_read copy }; } else { auditallow domU_t domU_t:grant copy; }
role sys_r; role vm_r;
role sys_r types { xen_t dom0_t security_t unlabeled_t free_t };
role vm_r types { domU_t domU_self_t guard_t free_t };
allow sys_r vm_r;
user sys_u roles { sys_r vm_r };
user vm_u roles { vm_r };
constrain grant { map_write } (t1 != guard_t or u1 == u2);
sid xenboot sys_u:sys_r:xen_t
sid xen sys_u:sys_r:xen_t
sid dom0 sys_u:sys_r:dom0_t
sid domio sys_u:sys_r:xen_t
sid domxen sys_u:sys_r:xen_t
sid unlabeled sys_u:sys_r:unlabeled_t
sid security sys_u:sys_r:security_t
sid ioport sys_u:object_r:unlabeled_t
sid iomem sys_u:object_r:unlabeled_t
sid irq sys_u:object_r:unlabeled_t
sid device sys_u:object_r:unlabeled_t
sid domU sys_u:vm_r:domU_t
sid domDM sys_u:vm_r:domU_t
pirqcon 33 sys_u:object_r:nic_t
iomemcon 0xfebe0-0xfebff sys_u:object_r:nic_t
iomemcon 0xfebd9 sys_u:object_r:nic_t
ioportcon 0xecc0-0xecdf sys_u:object_r:nic_t
pcidevicecon 0xc800 sys_u:object_r:nic_t
`

// Edit returns a policy text with the first occurrence of old replaced. It
// panics when there is none, so that a test does not test the unchanged text.
func Edit(conf, old, new string) string {
	if !strings.Contains(conf, old) {
		panic("policytest: the text has no " + old)
	}
	return strings.Replace(conf, old, new, 1)
}

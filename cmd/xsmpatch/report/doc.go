// Package report says, of each operation that a guest can ask for, what mediates it: the hooks on its way, what each module answers, the findings
// about it, and the path from the hypercall's entry. [New] makes the model from what a scan and verify found; [Model.HTML] draws it as one
// page that needs no network and no script to be read. "xsmpatch explain" prints single operations from the same model.
package report

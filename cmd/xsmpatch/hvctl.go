package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/scenario"
	"github.com/xsmpatch/xsmpatch/hypervisor/toolstack"
)

// newHVServe is the daemon.
func newHVServe() *cobra.Command {
	var f hvFlags
	var socket string
	var users []string
	c := &cobra.Command{
		Use:     "serve",
		Short:   "boot a hypervisor and manage it through a Unix socket",
		Example: "  xsmpatch hv serve --module flask --policy policy.bin --socket hv.sock",
		Long: "Boot a hypervisor and answer on a Unix socket. A connection acts as the domain\n" +
			"that --user gives its user (default: the daemon's own user acts as dom0).",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			if err := serve(ctx, cmd.OutOrStdout(), &f, socket, users); err != nil {
				return &exitError{exitUsage, err}
			}
			return nil
		},
	}
	f.add(c)
	c.Flags().StringVar(&socket, "socket", "xsmpatch-hv.sock", "path of the socket")
	c.Flags().StringArrayVar(&users, "user", nil, "UID=DOMAIN, repeatable")
	return c
}

func serve(ctx context.Context, w io.Writer, f *hvFlags, socket string, users []string) error {
	table, err := userTable(users)
	if err != nil {
		return err
	}
	name := f.module
	if name == "" {
		name = "dummy"
	}
	s, err := toolstack.New(hv.Config{}, func(log func(string)) (*scenario.Module, error) {
		return scenario.NewModule(name, scenario.Options{Policy: f.policy, Permissive: f.permissive, Counted: true, Log: log})
	})
	if err != nil {
		return err
	}
	l, err := toolstack.Listen(socket)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { l.Close() })()
	fmt.Fprintf(w, "module %s, answering on %s\n", name, socket)
	srv := &toolstack.Server{Stack: s, Users: table}
	return srv.Serve(l)
}

// userTable reads UID=DOMAIN pairs; without any, the own user is dom0.
func userTable(pairs []string) (map[uint32]string, error) {
	out := map[uint32]string{}
	if len(pairs) == 0 {
		out[uint32(os.Getuid())] = "dom0"
	}
	for _, p := range pairs {
		uid, domain, ok := strings.Cut(p, "=")
		n, err := strconv.ParseUint(uid, 10, 32)
		if !ok || err != nil || domain == "" {
			return nil, fmt.Errorf("--user %s: want UID=DOMAIN, such as 1000=builder", p)
		}
		out[uint32(n)] = domain
	}
	return out, nil
}

// newHVCtl is the daemon's client.
func newHVCtl() *cobra.Command {
	var socket string
	var r toolstack.Request
	var frames int
	c := &cobra.Command{
		Use:     "ctl COMMAND [NAME]",
		Short:   "manage a hypervisor that serve runs",
		Example: "  xsmpatch hv ctl list --socket hv.sock",
		Long: "Commands: list, create, pause, unpause, destroy, label, relabel, getenforce,\n" +
			"setenforce, bools, setbool, avcstats, resource, load, policy, query, log, tail. For\n" +
			"resource, NAME is pci, irq, iomem or ioport; for query it is the subject's label.",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Cmd = args[0]
			if len(args) > 1 {
				r.Name = args[1]
			}
			for i := range frames {
				r.Frames = append(r.Frames, uint64(i+1))
			}
			if err := control(cmd.OutOrStdout(), socket, &r); err != nil {
				return &exitError{exitFindings, err}
			}
			return nil
		},
	}
	c.Flags().StringVar(&socket, "socket", "xsmpatch-hv.sock", "path of the socket")
	c.Flags().StringVar(&r.Label, "label", "", "label, for create and relabel; the object's for query")
	c.Flags().BoolVar(&r.HVM, "hvm", false, "create an HVM guest")
	c.Flags().IntVar(&frames, "frames", 0, "frames of memory, for create")
	c.Flags().StringVar(&r.Target, "target", "", "domain to be device model for, for create")
	c.Flags().BoolVar(&r.On, "on", false, "value, for setenforce and setbool")
	c.Flags().Uint64Var(&r.Number, "number", 0, "number of a resource")
	c.Flags().StringVar(&r.File, "file", "", "binary policy, for load (a path of the daemon's)")
	c.Flags().StringVar(&r.Class, "class", "", "object class, for query")
	return c
}

// control sends one request and prints the answer; tail prints until hung up.
func control(w io.Writer, socket string, r *toolstack.Request) error {
	c, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := json.NewEncoder(c).Encode(r); err != nil {
		return err
	}
	sc := bufio.NewScanner(c)
	sc.Buffer(nil, 1<<22)
	for sc.Scan() {
		var resp toolstack.Response
		if err := json.Unmarshal(sc.Bytes(), &resp); err != nil {
			return err
		}
		if resp.Error != "" {
			return fmt.Errorf("%s: %s%s", r.Cmd, resp.Error, by(resp.Refused))
		}
		if err := printResult(w, resp.Result); err != nil || r.Cmd != "tail" {
			return err
		}
	}
	return sc.Err()
}

func by(hooks []string) string {
	if len(hooks) == 0 {
		return ""
	}
	return " (refused by " + strings.Join(hooks, ", ") + ")"
}

// printResult prints lists one element a line.
func printResult(w io.Writer, res any) error {
	switch x := res.(type) {
	case nil:
	case string:
		fmt.Fprintln(w, x)
	case []any:
		for _, v := range x {
			if err := printResult(w, v); err != nil {
				return err
			}
		}
	default:
		b, err := json.Marshal(x)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\n", b)
	}
	return nil
}

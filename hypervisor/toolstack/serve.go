package toolstack

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
)

// Server answers on a Unix socket, one JSON object a line each way. The request
// {"cmd":"tail"} is answered with console lines until the peer hangs up.
type Server struct {
	Stack *Stack
	Users map[uint32]string // the domain that each user acts as
}

const maxLine = 1 << 20

// Listen makes the socket, readable and writable for everybody: who may do what
// is decided by credentials. A socket left by a daemon that is gone is replaced.
func Listen(path string) (net.Listener, error) {
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("%s: a daemon answers there already", path)
	}
	if fi, err := os.Lstat(path); err == nil {
		if fi.Mode()&os.ModeSocket == 0 {
			return nil, fmt.Errorf("%s: exists and is no socket", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	return l, os.Chmod(path, 0o666)
}

// Serve answers until the listener is closed, and then hangs up on everybody.
func (s *Server) Serve(l net.Listener) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	stop := make(chan struct{})
	defer close(stop)
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		wg.Go(func() {
			defer c.Close()
			gone := make(chan struct{})
			defer close(gone)
			go func() {
				select {
				case <-stop:
					c.Close()
				case <-gone:
				}
			}()
			s.peer(c)
		})
	}
}

// peer answers one connection.
func (s *Server) peer(c net.Conn) {
	out := json.NewEncoder(c)
	by, err := s.domain(c)
	if err != nil {
		_ = out.Encode(&Response{Error: err.Error()})
		return
	}
	sc := bufio.NewScanner(c)
	sc.Buffer(nil, maxLine)
	for sc.Scan() {
		r, err := decode(sc.Bytes())
		switch {
		case err != nil:
			err = out.Encode(&Response{Error: err.Error()})
		case r.Cmd == "tail":
			s.tail(c, out, by)
			return
		default:
			err = out.Encode(s.Stack.Do(by, r))
		}
		if err != nil {
			return
		}
	}
}

// domain is whom a connection acts as.
func (s *Server) domain(c net.Conn) (string, error) {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return "", errors.New("not a Unix socket")
	}
	uid, err := peerUID(u)
	if err != nil {
		return "", fmt.Errorf("peer credentials: %w", err)
	}
	if d, ok := s.Users[uid]; ok {
		return d, nil
	}
	return "", fmt.Errorf("user %d acts as no domain", uid)
}

// tail follows the console for a caller that may read it.
func (s *Server) tail(c net.Conn, out *json.Encoder, by string) {
	if err := s.Stack.MayTail(by); err != nil {
		_ = out.Encode(&Response{Error: err.Error()})
		return
	}
	lines, stop := s.Stack.Tail()
	defer stop()
	_ = out.Encode(&Response{Result: "following"})
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		var b [1]byte
		_, _ = c.Read(b[:]) // returns when the peer hangs up
	}()
	for {
		select {
		case l := <-lines:
			if out.Encode(&Response{Result: l}) != nil {
				return
			}
		case <-gone:
			return
		}
	}
}

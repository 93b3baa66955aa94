package mail_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// relay is a mail server that answers RCPT TO as it is told, one answer after the other and the last one for ever.
type relay struct {
	addr string

	mu       sync.Mutex
	answers  []string
	accepted int // mails
}

func startRelay(t *testing.T, answers ...string) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{addr: listener.Addr().String(), answers: answers}
	var serving sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); serving.Wait() })
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { r.serve(conn) })
		}
	})
	return r
}

func (r *relay) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewScanner(conn)
	say := func(line string) { _, _ = fmt.Fprint(conn, line+"\r\n") }
	data := false
	for say("220 relay"); in.Scan(); {
		verb, _, _ := strings.Cut(strings.ToUpper(in.Text()), " ")
		switch {
		case data && in.Text() != ".":
		case data:
			data = false
			r.mu.Lock()
			r.accepted++
			r.mu.Unlock()
			say("250 2.0.0 taken")
		case verb == "EHLO":
			say("250-relay\r\n250 ENHANCEDSTATUSCODES")
		case verb == "RCPT":
			say(r.answer())
		case verb == "DATA":
			data = true
			say("354 go on")
		case verb == "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			say("250 2.0.0 fine")
		}
	}
}

func (r *relay) answer() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	answer := r.answers[0]
	if len(r.answers) > 1 {
		r.answers = r.answers[1:]
	}
	return answer
}

func (r *relay) mails() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.accepted
}

// A relay that refuses everything because it is set up wrong, and is mended later.
func TestH5_AMisconfiguredRelayLosesNothing(t *testing.T) {
	t.Parallel()
	r := startRelay(t, "554 5.7.1 relay access denied", "250 2.1.5 fine")
	f := setup(t, "smtp://"+r.addr)
	if err := f.send(full()); err != nil {
		t.Fatal(err)
	}
	f.wait(t, "state IN ('completed', 'cancelled')")
	f.wait(t, "state = 'completed' AND cardinality(errors) = 1 AND errors[1]::text LIKE '%554 5.7.1%'")
	if r.mails() != 1 {
		t.Errorf("%d mails arrived", r.mails())
	}
}

func TestAnAddressThatDoesNotExistIsGivenUp(t *testing.T) {
	t.Parallel()
	r := startRelay(t, "550 5.1.1 no such user")
	f := setup(t, "smtp://"+r.addr)
	if err := f.send(full()); err != nil {
		t.Fatal(err)
	}
	f.wait(t, "state = 'cancelled' AND attempt = 1")
	if log := f.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "kind=mail_send") || strings.Contains(log, recipient) {
		t.Errorf("the log: %s", log)
	}
}

func TestADiscardedMailIsAnErrorInTheLog(t *testing.T) {
	t.Parallel()
	r := startRelay(t, "451 4.3.0 later")
	f := setup(t, "smtp://"+r.addr)
	if err := f.send(full()); err != nil {
		t.Fatal(err)
	}
	f.wait(t, "state IN ('retryable', 'available') AND cardinality(errors) > 0")
	if _, err := f.admin.Exec("UPDATE river.river_job SET attempt = max_attempts - 1, scheduled_at = now(), state = 'available'"); err != nil {
		t.Fatal(err)
	}
	f.wait(t, "state = 'discarded'")
	if log := f.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "kind=mail_send") || !strings.Contains(log, "451 4.3.0") {
		t.Errorf("the log: %s", log)
	}
}

package server_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/server"
)

// kept is what a careless handler keeps of a request, with the marker that it belongs to.
type kept struct{ marker, text string }

// Fb1: nothing that a handler gets is overwritten by the next request on the same connection.
func TestFb1_NoBufferIsReused(t *testing.T) {
	t.Parallel()
	const workers, rounds = 8, 150
	var mu sync.Mutex
	var all []kept
	keep := func(marker string, texts ...string) {
		mu.Lock()
		defer mu.Unlock()
		for _, text := range texts {
			all = append(all, kept{marker: string([]byte(marker)), text: text})
		}
	}
	s := start(t, func(s *setup) {
		s.routes = func(r *api.Router) {
			api.Action(r, "keep", "Keep", "/keep/{name}", api.Public(), func(ctx context.Context, in *struct {
				Name   string `path:"name"`
				Query  string `query:"q"`
				Header string `header:"X-Marker"`
				Body   struct {
					Text string `json:"text"`
				}
			}) (*thingOut, error) {
				keep(in.Name, in.Name, in.Query, in.Header, in.Body.Text, api.Cookie(ctx, "marker"), access.OriginFrom(ctx).UserAgent)
				return &thingOut{Name: in.Name}, nil
			})
			api.Hook(r, "/keep", func(_ context.Context, body []byte, header http.Header) error {
				keep(header.Get("X-Marker"), string(body), header.Get("X-Marker"), header.Get("User-Agent"))
				return nil
			})
		}
	})
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range rounds {
				marker := fmt.Sprintf("marker-%02d-%04d-%s", w, i, strings.Repeat(string(rune('a'+(w+i)%26)), 20))
				a := s.request("POST", "/api/v1/keep/"+marker+"?q="+marker, `{"text":"`+marker+`"}`, "X-Marker: "+marker, "Cookie: marker="+marker, "User-Agent: "+marker)
				if a.status != 200 || !strings.Contains(a.body, marker) {
					t.Errorf("answer %d %s", a.status, a.body)
				}
				s.request("POST", "/hooks/keep", marker, "X-Marker: "+marker, "User-Agent: "+marker)
			}
		})
	}
	wg.Wait()
	if len(all) != workers*rounds*9 {
		t.Errorf("%d texts kept, want %d", len(all), workers*rounds*9)
	}
	foreign := 0
	for _, k := range all {
		if k.text != k.marker {
			foreign++
			if foreign < 5 {
				t.Errorf("%q became %q", k.marker, k.text)
			}
		}
	}
	t.Logf("%d kept texts, %d foreign", len(all), foreign)
}

// Fb2: the context of a handler is an ordinary one; after the answer it is cancelled, keeps its values, and is not the next request's.
func TestFb2_ContextOutlivesTheRequest(t *testing.T) {
	t.Parallel()
	contexts := make(chan context.Context, 2)
	s := start(t, func(s *setup) {
		s.routes = func(r *api.Router) {
			api.Get(r, "ctx", "Context", "/ctx", api.SignedIn(), func(ctx context.Context, _ *struct{}) (*thingOut, error) {
				for c := ctx; c != nil; c = nil {
					if _, isFiber := c.(*fasthttp.RequestCtx); isFiber {
						t.Error("the handler got fasthttp's context")
					}
				}
				if _, ok := ctx.Deadline(); !ok {
					t.Error("the context has no deadline")
				}
				contexts <- ctx
				return &thingOut{}, nil
			})
		}
	})
	first := s.request("GET", "/api/v1/ctx", "", as(tokenOf(access.Owner)), "User-Agent: first").want(200, "")
	second := s.request("GET", "/api/v1/ctx", "", as(tokenOf(access.Owner)), "User-Agent: second").want(200, "")
	for _, a := range []*answer{first, second} {
		ctx := <-contexts
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Second):
			t.Error("the context was not cancelled after the answer")
		}
		origin := access.OriginFrom(ctx)
		if origin.RequestID != a.header.Get("X-Request-Id") || access.From(ctx).ID != alice {
			t.Errorf("values changed after the answer: %+v", origin)
		}
		api.SetCookie(ctx, &http.Cookie{Name: "late", Value: "ignored"})
	}
}

// Fb3: nobody is a proxy unless configured, and of a chain only what trusted proxies wrote is believed.
func TestFb3_ForwardedHeaders(t *testing.T) {
	t.Parallel()
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	inner := netip.MustParsePrefix("10.0.0.0/8")
	for name, test := range map[string]struct {
		proxies   []netip.Prefix
		forwarded string
		want      string
	}{
		"nobody trusted":      {nil, "1.2.3.4", "127.0.0.1"},
		"other network":       {[]netip.Prefix{inner}, "1.2.3.4", "127.0.0.1"},
		"one proxy":           {[]netip.Prefix{loopback}, "1.2.3.4", "1.2.3.4"},
		"client adds to it":   {[]netip.Prefix{loopback}, "9.9.9.9, 1.2.3.4", "1.2.3.4"},
		"two proxies":         {[]netip.Prefix{loopback, inner}, "9.9.9.9, 1.2.3.4, 10.0.0.7", "1.2.3.4"},
		"garbage":             {[]netip.Prefix{loopback}, "not an address", "127.0.0.1"},
		"garbage to the left": {[]netip.Prefix{loopback}, "x', 1.2.3.4", "1.2.3.4"},
		"mapped":              {[]netip.Prefix{loopback}, "::ffff:1.2.3.4", "1.2.3.4"},
		"with a port":         {[]netip.Prefix{loopback}, "1.2.3.4:555", "1.2.3.4"},
		"IPv6":                {[]netip.Prefix{loopback}, "2001:DB8::0:1", "2001:db8::1"},
		"empty":               {[]netip.Prefix{loopback}, "", "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(s *setup) { s.server.TrustedProxies = test.proxies })
			a := s.request("GET", "/api/v1/me", "", as(tokenOf(access.Owner)), "X-Forwarded-For: "+test.forwarded,
				"X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http", "X-Real-Ip: 6.6.6.6", "Forwarded: for=6.6.6.6", "True-Client-Ip: 6.6.6.6")
			if !strings.Contains(a.body, `"name":"`+test.want+`"`) {
				t.Errorf("client %s, want %s", a.body, test.want)
			}
		})
	}
}

// Fb3: to trust everybody is refused.
func TestFb3_NobodyTrustsEverybody(t *testing.T) {
	t.Parallel()
	for _, everybody := range []string{"0.0.0.0/0", "::/0"} {
		_, err := server.New(server.Config{BaseURL: baseURL, TrustedProxies: []netip.Prefix{netip.MustParsePrefix(everybody)}})
		if err == nil || !strings.Contains(err.Error(), everybody) {
			t.Errorf("%s: %v", everybody, err)
		}
	}
}

// Fb4: sockets that never finish a request hold nobody else up.
func TestFb4_SlowLoris(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *setup) { s.server.ReadTimeout = 2 * time.Second })
	const sockets = 400
	var conns []net.Conn
	for i := range sockets {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		conns = append(conns, conn)
		half := []string{"", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n", "POST /api/v1/things HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"}[i%4]
		if _, err := io.WriteString(conn, half); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 {
		began := time.Now()
		s.request("GET", "/api/v1/things", "", as(tokenOf(access.Owner))).want(200, "")
		if took := time.Since(began); took > time.Second {
			t.Errorf("a request took %v beside %d slow sockets", took, sockets)
		}
	}
	for _, conn := range conns {
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Fatalf("a slow socket was not closed: %v", err)
		}
	}
}

// Fb4: one address cannot take all connections; what is over the bound costs nothing.
func TestFb4_ConnectionsOfOneAddress(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *setup) { s.server.MaxConnsPerIP = 5 })
	var held []net.Conn
	for range 5 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("the sixth connection is served")
	}
	_ = conn.Close()
	for _, c := range held {
		_ = c.Close()
	}
	until(t, "places free again", func() bool {
		res, err := s.client.Get(s.url + "/healthz")
		if err == nil {
			_ = res.Body.Close()
		}
		return err == nil && res.StatusCode == http.StatusOK
	})
}

// until polls what happens soon.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(10 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		<-tick.C
	}
}

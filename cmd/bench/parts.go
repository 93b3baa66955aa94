package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"saaskit/modules"
	"saaskit/platform/access"
	"saaskit/web"
)

var operations = []string{"list 20", "get", "insert"}

// layers compares bare note rows through the doors with the bare query and with the usual way.
func (b *benchmark) layers(ctx context.Context) error {
	all := scope{tenants, perTenant}
	address, err := url.Parse(b.address)
	if err != nil {
		return fmt.Errorf("read the address: %w", err)
	}
	address.User = url.UserPassword("saaskit_bench", "bench")
	usual, done, err := all.usual(address.String(), workers)
	if err != nil {
		return err
	}
	defer done()
	floor, err := openFlush(ctx, address.String(), workers)
	if err != nil {
		return err
	}
	defer floor.close(ctx)
	one, inTenant := all.through(b.platform.DB.One), all.through(b.platform.DB.Tenant)

	fmt.Fprintf(b.out, "\n%-8s %14s %18s %18s %18s %18s %10s\n", "", "pgbench bare", "pgx in one flush", "GORM Transaction", "One", "Tenant", "One/GORM")
	for _, name := range operations {
		if b.only != "" && name != b.only {
			continue
		}
		of, err := b.race(ctx, statements(tenants, perTenant)[name], floor.work(all, name), usual[name], one[name], inTenant[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(b.out, "%-8s %12.0f/s %18s %18s %18s %18s %9.2fx\n", name, of.bare(), of.cell(0), of.cell(1), of.cell(2), of.cell(3), of.ratio(2, 1))
	}
	if b.only != "" {
		return nil
	}
	of, err := b.race(ctx, statements(tenants, perTenant)["insert"], all.reserving(b.platform.DB, b.platform.Plans))
	if err != nil {
		return fmt.Errorf("insert with plan.Reserve: %w", err)
	}
	fmt.Fprintf(b.out, "%-8s %12.0f/s %18s %18s %18s %18s\n", "+Reserve", of.bare(), "", "", "", of.cell(0))
	return nil
}

// rounds is how many times the contenders take turns. The speed of a machine changes within seconds, and with it whatever is not compared
// at the same time.
const rounds = 5

// race has pgbench and the contenders take turns, each for a part of the time.
func (b *benchmark) race(ctx context.Context, statement string, contenders ...work) (standings, error) {
	var all standings
	for range rounds {
		bare, err := pgbench(ctx, b.address, statement, workers, b.each/rounds)
		if err != nil {
			return nil, err
		}
		round := []float64{bare}
		for _, contender := range contenders {
			got, err := measure(ctx, workers, b.each/rounds, contender)
			if err != nil {
				return nil, err
			}
			round = append(round, got.perSecond)
		}
		all = append(all, round)
	}
	return all, nil
}

// standings are the rates of each round: pgbench's first, then those of the contenders.
type standings [][]float64

// bare is pgbench's median rate.
func (s standings) bare() float64 { return s.median(func(round []float64) float64 { return round[0] }) }

// ratio is the median of what one contender reached of another in the same round.
func (s standings) ratio(one, other int) float64 {
	return s.median(func(round []float64) float64 { return round[one+1] / round[other+1] })
}

// cell is the contender's median rate, and the median of its part of pgbench's in the same round.
func (s standings) cell(contender int) string {
	rate := s.median(func(round []float64) float64 { return round[contender+1] })
	return fmt.Sprintf("%.0f/s (%.2f)", rate, s.ratio(contender, -1))
}

func (s standings) median(of func(round []float64) float64) float64 {
	values := make([]float64, len(s))
	for i, round := range s {
		values[i] = of(round)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// http measures whole authenticated requests against the real program.
func (b *benchmark) http(ctx context.Context) error {
	p, err := serve(ctx, b.program, b.environ)
	if err != nil {
		return err
	}
	defer p.stop()
	token, err := b.signIn(ctx, 1)
	if err != nil {
		return err
	}
	one := func(random *rand.Rand) string {
		return "/api/v1/notes/" + noteAt(perTenant+random.IntN(perTenant)).String()
	}
	fmt.Fprintf(b.out, "\n%-34s %10s %10s %10s %14s\n", "authenticated HTTP request", "req/s", "p50", "p99", "CPU a request")
	for _, row := range []struct {
		name string
		op   work
	}{
		{"GET /notes?limit=20", p.request(http.MethodGet, at("/api/v1/notes?limit=20"), "", token, http.StatusOK)},
		{"GET /notes/{id}", p.request(http.MethodGet, one, "", token, http.StatusOK)},
		{"POST /notes (with plan.Reserve)", p.request(http.MethodPost, at("/api/v1/notes"), `{"title":"A new note","body":"A line."}`, token, http.StatusCreated)},
	} {
		before, began := p.cpu(), time.Now()
		got, err := measure(ctx, workers, b.each, row.op)
		if err != nil {
			return err
		}
		requests := got.perSecond * time.Since(began).Seconds() // the warm-up counts for the processor too
		cpu := time.Duration(float64(p.cpu()-before) / requests)
		fmt.Fprintf(b.out, "%-34s %10.0f %10s %10s %14s\n", row.name, got.perSecond, round(got.p50), round(got.p99), round(cpu))
	}
	return nil
}

func at(path string) func(*rand.Rand) string { return func(*rand.Rand) string { return path } }

func round(d time.Duration) time.Duration { return d.Round(time.Microsecond) }

// signIn makes an owner of the tenant, and a token of theirs.
func (b *benchmark) signIn(ctx context.Context, tenant int) (string, error) {
	provision := modules.Provision(b.platform)
	user, err := provision.User(ctx, uuid.NewString()+"@bench.test", "Bench", "")
	if err != nil {
		return "", fmt.Errorf("make a user: %w", err)
	}
	if err := provision.Member(ctx, tenantAt(tenant), user, access.Owner); err != nil {
		return "", fmt.Errorf("make a member: %w", err)
	}
	session, err := provision.Session(ctx, user, tenantAt(tenant))
	return session.AccessToken, err
}

// growth shows how the time of one operation grows with the number of tenants, in a database of its own size each time.
func (b *benchmark) growth(ctx context.Context) error {
	const notesEach = 100
	conn, err := pgx.Connect(ctx, b.address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "TRUNCATE tenants CASCADE"); err != nil {
		return fmt.Errorf("empty the tables: %w", err)
	}
	fmt.Fprintf(b.out, "\n%-26s %14s %14s\n", "tenants (100 notes each)", "list 20 p50", "get p50")
	var first [2]time.Duration
	from := 0
	for _, to := range []int{10, 1000, 20000} {
		if err := grow(ctx, conn, from, to, notesEach); err != nil {
			return err
		}
		from = to
		ops := scope{to, notesEach}.through(b.platform.DB.One)
		fmt.Fprintf(b.out, "%-26d", to)
		for i, name := range operations[:2] {
			got, err := measure(ctx, 1, b.each, ops[name])
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if first[i] == 0 {
				first[i] = got.p50
			}
			fmt.Fprintf(b.out, " %7s %5.2fx", round(got.p50), float64(got.p50)/float64(first[i]))
		}
		fmt.Fprintln(b.out)
	}
	return nil
}

// footprint shows what a deployer pays before the first customer.
func (b *benchmark) footprint(ctx context.Context) error {
	p, err := serve(ctx, b.program, b.environ)
	if err != nil {
		return err
	}
	defer p.stop()
	binary, err := os.Stat(b.program)
	if err != nil {
		return fmt.Errorf("find the binary: %w", err)
	}
	fmt.Fprintf(b.out, "\nstart to the first 200     %s\nidle memory                %.0f MiB\nbinary                     %.1f MiB\n",
		p.started.Round(time.Millisecond), p.memory(), float64(binary.Size())/(1<<20))
	for _, page := range []string{"index.html", "app.html"} {
		size, err := scripts(web.Files(), page)
		if err != nil {
			return err
		}
		fmt.Fprintf(b.out, "JavaScript of %-12s %.1f kB gzipped\n", page, float64(size)/1000)
	}
	return nil
}

var scriptTags = regexp.MustCompile(`(?:src|href)="/(assets/[^"]+\.js)"`)

// scripts is the gzipped size of what the page loads at once.
func scripts(files fs.FS, page string) (int, error) {
	html, err := fs.ReadFile(files, page)
	if err != nil {
		return 0, fmt.Errorf("read the built web app (./scripts/web-build): %w", err)
	}
	total := 0
	for _, tag := range scriptTags.FindAllStringSubmatch(string(html), -1) {
		text, err := fs.ReadFile(files, strings.TrimPrefix(tag[1], "/"))
		if err != nil {
			return 0, fmt.Errorf("read a script: %w", err)
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(text); err != nil {
			return 0, err
		}
		if err := w.Close(); err != nil {
			return 0, err
		}
		total += packed.Len()
	}
	return total, nil
}

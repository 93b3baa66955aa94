// Package limit counts events per key and refuses those over a rate, in Postgres, so that every replica shares one count.
package limit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// Rate allows Count events in each Per, all of them at once if they come so. Name tells rates apart: two rates never share a count.
type Rate struct {
	Name  string
	Count int
	Per   time.Duration
}

// ErrLimited is what Take returns for an event over the rate; it carries when to try again.
var ErrLimited = fault.New(fault.TooMany, "rate_limited", "Too many attempts. Please wait a moment and try again.")

// Limiter takes events from rates.
type Limiter struct{ db *db.DB }

// New returns a limiter that counts in d, by the clock of the database.
func New(d *db.DB) *Limiter { return &Limiter{db: d} }

// take is GCRA (the generic cell rate algorithm) as one upsert. A key's tat is the time at which its bucket is full again:
// each event moves it on by the interval, and events that would move it further ahead than the whole period are refused and
// move nothing. The last column says how far ahead it is now, in microseconds.
const take = `
WITH arrival AS MATERIALIZED (
	SELECT clock_timestamp() AS at, cast(@interval AS bigint) * interval '1 microsecond' AS step, cast(@period AS bigint) * interval '1 microsecond' AS period
), taken AS (
	INSERT INTO rate_limits AS l (key, tat) SELECT @key, at + step FROM arrival
	ON CONFLICT (key) DO UPDATE SET tat = greatest(l.tat + (SELECT step FROM arrival), excluded.tat)
	WHERE l.tat + (SELECT step FROM arrival) <= (SELECT at + period FROM arrival)
	RETURNING tat
)
SELECT taken.tat IS NOT NULL AS allowed,
	(extract(epoch FROM coalesce(taken.tat, l.tat, at) - at) * 1000000)::bigint AS ahead
FROM arrival LEFT JOIN taken ON true LEFT JOIN rate_limits l ON l.key = @key`

// Take counts one event of key. It returns ErrLimited, with the time to wait, when the event is over the rate;
// such an event is not counted. Any other error means that nobody knows: refuse then too.
// Take commits on its own: an event counts even if what it led to fails.
func (l *Limiter) Take(ctx context.Context, r Rate, key string) error {
	_, err := l.TakeN(ctx, r, key, 1)
	return err
}

// State is how much of a rate is left for a key.
type State struct {
	Rate      Rate
	Remaining int           // events that would be allowed now
	Reset     time.Duration // until all of them are there again
}

// TakeN counts n events of key at once, all or none, as Take does, and tells what is left. The state is also right beside ErrLimited.
func (l *Limiter) TakeN(ctx context.Context, r Rate, key string, n int) (State, error) {
	if r.Name == "" || r.Count < 1 || r.Per < time.Millisecond || n < 1 || n > r.Count {
		return State{}, fmt.Errorf("limit %q: a rate needs a name, a count, a period and no more events than the count", r.Name)
	}
	period := r.Per.Microseconds()
	interval := period / int64(r.Count)
	step := interval * int64(n)
	var out struct {
		Allowed bool
		Ahead   int64
	}
	err := l.db.System(ctx, "count events of a rate limit", func(tx *db.SystemTx) error {
		return tx.Raw(take, map[string]any{"key": digest(r.Name, key), "interval": step, "period": period}).Scan(&out).Error
	})
	if err != nil {
		return State{}, fmt.Errorf("take from limit %s: %w", r.Name, err)
	}
	ahead := max(out.Ahead, 0)
	state := State{Rate: r, Remaining: int(max(period-ahead, 0) / interval), Reset: time.Duration(ahead) * time.Microsecond}
	if out.Allowed {
		return state, nil
	}
	// First events that lost a race against their equals do not see their row: one interval is then the wait.
	wait := ahead + step - period
	if wait <= 0 {
		wait = interval
	}
	return state, ErrLimited.After(time.Duration(wait) * time.Microsecond)
}

// Sweep forgets the keys whose bucket is full: they count like keys never seen.
func (l *Limiter) Sweep(ctx context.Context) error {
	return l.db.System(ctx, "sweep rate limits", func(tx *db.SystemTx) error {
		return tx.Exec("DELETE FROM rate_limits WHERE tat < now()").Error
	})
}

// Address is the key of a client address: the address itself, or the /64 network of an IPv6 address, which one client can roam freely.
// Text that is no address is its own key.
func Address(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	network, err := addr.Prefix(64)
	if err != nil {
		return addr.String()
	}
	return network.String()
}

// digest bounds the length of stored keys and keeps addresses out of the table. Lengths are hashed too, so that no two pairs collide.
func digest(name, key string) []byte {
	h := sha256.New()
	for _, part := range []string{name, key} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}

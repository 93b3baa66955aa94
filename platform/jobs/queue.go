// Package jobs runs durable work after the transaction that asked for it has committed, as the tenant that asked.
package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"saaskit/platform/db"
)

// Args are the arguments of a job, kept as JSON. Kind names the job for ever: it is what leads stored arguments to their handler.
// Arguments are readable in the database: secrets in them must be sealed.
type Args interface{ Kind() string }

// Outside is embedded in the arguments of a job that waits for a service outside. Such jobs have workers of their own: when the service hangs,
// no other job waits for it.
type Outside struct{}

// InsertOpts implements river.JobArgsWithInsertOpts.
func (Outside) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: outsideQueue} }

const outsideQueue = "outside"

// schema is where River's tables live.
const schema = "river"

// Queue puts jobs into transactions.
type Queue struct {
	client *river.Client[db.RiverTx]
}

// NewQueue returns a queue. The jobs go where each transaction is.
func NewQueue(*db.DB) *Queue {
	client, err := river.NewClient(riverpgxv5.New(nil), &river.Config{
		Schema: schema,
		Hooks:  []rivertype.Hook{river.HookInsertBeginFunc(separateTenants)},
	})
	if err != nil { // only for a configuration that contradicts itself
		panic(fmt.Errorf("make the job queue: %w", err))
	}
	return &Queue{client: client}
}

// Option changes how one job is put in.
type Option func(*options)

type options struct {
	river  river.InsertOpts
	tenant uuid.UUID
}

// In delays the job.
func In(d time.Duration) Option {
	return func(o *options) { o.river.ScheduledAt = time.Now().Add(d) }
}

// Unique drops the job when the tenant has one of the same kind and arguments that is not finished yet.
func Unique() Option {
	return func(o *options) {
		o.river.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}}
	}
}

// Batched puts the job in d to 2d later, and drops it when the tenant has one of the same kind and arguments for the same time: however often it is
// asked for, it runs once for all of them. Unlike a Unique one, it is not dropped for one that runs already and may have seen too little: it
// always begins after the transaction's commit. Clocks of servers may differ by d, which is at least a second.
func Batched(d time.Duration) Option {
	return func(o *options) {
		Unique()(o)
		o.river.UniqueOpts.ByPeriod = d
		o.river.ScheduledAt = time.Now().Truncate(d).Add(2 * d)
	}
}

// ForTenant makes it a job of the tenant. Only a transaction of the system may say so.
func ForTenant(tenant uuid.UUID) Option {
	return func(o *options) { o.tenant = tenant }
}

// MaxAttempts sets how often the job is tried in all. The default is 25, over about five hours.
func MaxAttempts(n int) Option {
	return func(o *options) { o.river.MaxAttempts = n }
}

// ErrTenant says that a job was to be put in for another tenant than the transaction's.
var ErrTenant = errors.New("jobs: only a transaction of the system names a job's tenant")

// Enqueue puts the job into the transaction: a rollback takes it away, and after the commit it runs at least once.
// Its tenant is the transaction's.
func (q *Queue) Enqueue(ctx context.Context, tx db.Enqueuer, a Args, opts ...Option) error {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	tenant := tx.JobTenant()
	if o.tenant != uuid.Nil {
		if tenant != uuid.Nil {
			return ErrTenant
		}
		tenant = o.tenant
	}
	var err error
	if o.river.Metadata, err = json.Marshal(metadata{Tenant: tenant}); err != nil {
		return fmt.Errorf("enqueue %s: %w", a.Kind(), err)
	}
	inner, err := tx.RiverTx(ctx)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", a.Kind(), err)
	}
	if _, err = q.client.InsertTx(ctx, inner, a, &o.river); err != nil {
		return fmt.Errorf("enqueue %s: %w", a.Kind(), err)
	}
	return nil
}

// EnqueueEach puts the job into the transaction once for each of the tenants, as Unique, in one statement and behind all work that somebody
// waits for. It is how a job of the system hands a daily work on every tenant to jobs of the tenants; page through them by some hundreds.
func (q *Queue) EnqueueEach(ctx context.Context, tx *db.SystemTx, tenants []uuid.UUID, a Args) error {
	if len(tenants) == 0 {
		return nil
	}
	var o options
	Unique()(&o)
	o.river.Priority = lastPriority
	all := make([]river.InsertManyParams, len(tenants))
	for i, tenant := range tenants {
		own := o.river
		var err error
		if own.Metadata, err = json.Marshal(metadata{Tenant: tenant}); err != nil {
			return fmt.Errorf("enqueue %s: %w", a.Kind(), err)
		}
		all[i] = river.InsertManyParams{Args: a, InsertOpts: &own}
	}
	inner, err := tx.RiverTx(ctx)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", a.Kind(), err)
	}
	if _, err := q.client.InsertManyTx(ctx, inner, all); err != nil {
		return fmt.Errorf("enqueue %s: %w", a.Kind(), err)
	}
	return nil
}

// lastPriority is River's lowest.
const lastPriority = 4

// metadata is what we note on a job. The policy on river_job reads the tenant there.
type metadata struct {
	Tenant uuid.UUID `json:"tenant,omitzero"`
}

func tenantOf(raw []byte) (uuid.UUID, error) {
	var m metadata
	if err := json.Unmarshal(raw, &m); err != nil {
		return uuid.Nil, fmt.Errorf("read the job's metadata: %w", err)
	}
	return m.Tenant, nil
}

// separateTenants puts the tenant into the unique key: otherwise another tenant's equal job would swallow this one, and tell
// that it exists. Both parts have a fixed length, so that no two pairs run together.
func separateTenants(_ context.Context, p *rivertype.JobInsertParams) error {
	if len(p.UniqueKey) == 0 {
		return nil
	}
	tenant, err := tenantOf(p.Metadata)
	if err != nil {
		return err
	}
	key := sha256.Sum256(append(tenant[:], p.UniqueKey...))
	p.UniqueKey = key[:]
	return nil
}
